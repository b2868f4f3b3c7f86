// Walking through the pages of a list: where the items are, and where the next page is. Pure; any thread.
// Source: RFC 8288 (Link) (read 2026-11)
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <waggle/http.hpp>
#include <waggle/json.hpp>

namespace waggle::http_connector {

inline constexpr std::int64_t usual_pages = 10;
inline constexpr std::int64_t most_pages = 1000;    ///< a list that never ends must end here
inline constexpr std::size_t most_items = 100'000;  ///< what one event can hold

/// The value at `data.items` in a JSON; null when it is not there. An empty path is the JSON itself.
inline const Json& at_path(const Json& json, std::string_view path) {
  const Json* here = &json;
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    here = &here->at(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return *here;
}

/// The address with rel="next" in the Link headers (there may be several, with several links each).
inline std::string next_link(const Response& reply) {
  for (const std::string& header : reply.headers("link")) {
    std::size_t at = 0;
    while ((at = header.find('<', at)) != std::string::npos) {
      const auto close = header.find('>', at);
      if (close == std::string::npos) break;
      const auto end = std::min(header.find('<', close), header.size());
      const std::string parameters = header.substr(close, end - close);
      if (parameters.find("rel=\"next\"") != std::string::npos ||
          parameters.find("rel=next") != std::string::npos)
        return header.substr(at + 1, close - at - 1);
      at = end;
    }
  }
  return {};
}

/// `url` with the query parameter set, in place of one of the same name.
inline std::string with_query(std::string url, std::string_view name, const std::string& value) {
  std::string query;
  const auto mark = url.find('?');
  if (mark != std::string::npos) {
    for (std::size_t at = mark + 1; at < url.size();) {
      const auto end = std::min(url.find('&', at), url.size());
      const std::string piece = url.substr(at, end - at);
      if (percent_decode(piece.substr(0, piece.find('='))) != name)
        query += (query.empty() ? "" : "&") + piece;
      at = end + 1;
    }
    url.resize(mark);
  }
  return url + "?" + query + (query.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
}

class Paging {
 public:
  explicit Paging(const Json& settings, std::int64_t max_pages)
      : kind_(settings.text("kind")),
        items_(settings.text("items")),
        next_(settings.text("next")),
        parameter_(settings.text("parameter")),
        page_(settings.at("start").as_int(1)),
        size_(settings.at("size").as_int(0)),
        may_stop_(max_pages > 0),
        left_(std::min(may_stop_ ? max_pages : usual_pages, most_pages)) {
    if (kind_ == "cursor" && next_.empty())
      throw invalid("paging needs `next`: where the cursor stands in an answer, like meta.next_cursor",
                    "bad_paging");
    if (kind_ == "cursor" && parameter_.empty()) parameter_ = "cursor";
    if (kind_ == "page" && parameter_.empty()) parameter_ = "page";
  }

  bool on() const { return !kind_.empty(); }
  std::string first(const std::string& url) const {
    return kind_ == "page" ? with_query(url, parameter_, std::to_string(page_)) : url;
  }

  /// Whether the list goes on behind the last page that was asked for.
  bool more() const { return more_; }

  /// Takes the items of an answer; the address of the next page, or none at the end. Throws failed when the
  /// list is longer than the flow may have thought: a part of it never passes for the whole.
  std::optional<std::string> take(const Response& reply, const std::string& url, Json& all) {
    const Json& items = at_path(reply.json(), items_);
    if (!items.is_array())
      throw failed("the answer has no list " + (items_.empty() ? std::string("at its top") : "at " + items_) +
                       "; set paging.items",
                   "no_items");
    for (const Json& item : items.items()) all.push(item);
    if (all.size() > most_items)
      throw failed("the list has more than 100000 items; ask for fewer", "too_many_items");
    auto next = next_page(reply, url, items);
    if (!next || --left_ > 0) return next;
    more_ = true;
    if (!may_stop_)
      throw failed("the list goes on behind " + std::to_string(usual_pages) +
                       " pages; set max_pages to as many as it may have, up to " +
                       std::to_string(most_pages) + ", or to fewer if a part is enough",
                   "too_many_pages");
    return std::nullopt;
  }

 private:
  std::optional<std::string> next_page(const Response& reply, const std::string& url, const Json& items) {
    if (kind_ == "page") {
      if (items.size() == 0 || (size_ > 0 && static_cast<std::int64_t>(items.size()) < size_))
        return std::nullopt;
      return with_query(url, parameter_, std::to_string(++page_));
    }
    const std::string next =
        kind_ == "link_header" ? next_link(reply) : at_path(reply.json(), next_).to_text();
    if (next.empty()) return std::nullopt;
    if (kind_ == "link_header" || next.find("://") != std::string::npos) return next;
    return with_query(url, parameter_, next);
  }

  std::string kind_, items_, next_, parameter_;
  std::int64_t page_, size_;
  bool may_stop_, more_ = false;
  std::int64_t left_;
};

}  // namespace waggle::http_connector
