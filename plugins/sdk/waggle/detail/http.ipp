// Included by http.hpp alone.
#pragma once

#include <algorithm>
#include <charconv>

#include <waggle/detail/message.ipp>
#include <waggle/http.hpp>

namespace waggle {
namespace detail {

/// A vendor that says "come back next year" is believed for a day.
inline constexpr std::chrono::milliseconds longest_retry_after = std::chrono::hours(24);
/// How much of an unexpected answer a message quotes.
inline constexpr std::size_t quote_limit = 120;

/// The beginning of a body on one line.
inline std::string quote(std::string_view body) {
  std::string out;
  for (const char c : body.substr(0, quote_limit)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (body.size() > quote_limit) out += "...";
  return out;
}

inline bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";  // RFC 9110, section 5.6.2
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != marks.npos;
  });
}

inline bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

inline std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

}  // namespace detail

inline Response::Response(int status, Pairs headers, std::string body)
    : status_(status), headers_(std::move(headers)), body_(std::move(body)) {}

inline const std::string& Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers_)
    if (same_name(key, name)) return value;
  return detail::no_text();
}

inline std::vector<std::string> Response::headers(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : headers_)
    if (same_name(key, name)) out.push_back(value);
  return out;
}

inline Result<Json> Response::json_or_error() const {
  if (!json_) json_ = Json::parse(body_);
  if (json_->ok()) return *json_;
  const std::string message = request_ + " answered " + std::to_string(status_) + ", but not with JSON (" +
                              (header("content-type").empty() ? "no content-type" : header("content-type")) +
                              "): " + detail::quote(body_);
  return status_ >= 500 ? retry(message, retry_after(), "not_json") : failed(message, "not_json");
}

inline const Json& Response::json() const {
  if (!json_) json_ = Json::parse(body_);
  if (!json_->ok()) throw json_or_error().error();
  return json_->value();
}

inline std::optional<std::chrono::milliseconds> Response::retry_after() const {
  const std::string& text = header("retry-after");
  if (text.empty()) return std::nullopt;
  std::optional<std::chrono::milliseconds> wait;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem == std::errc::result_out_of_range) {
    wait = detail::longest_retry_after;
  } else if (problem == std::errc{} && end == text.data() + text.size()) {
    wait = std::chrono::seconds(
        std::min<std::int64_t>(seconds, std::chrono::hours(24) / std::chrono::seconds(1)));
  } else if (const auto date = parse_http_date(text)) {
    wait = *date - parse_http_date(header("date")).value_or(received_);
  }
  if (!wait) return std::nullopt;
  return std::clamp(*wait, std::chrono::milliseconds(0), detail::longest_retry_after);
}

inline Error error_for_status(const Response& response, std::string_view said) {
  const int status = response.status();
  const std::string message = response.request() + " answered " + std::to_string(status) + ": " +
                              (said.empty() ? detail::quote(response.body()) : std::string(said));
  const std::string code = "http_" + std::to_string(status);
  if (status == 401 || status == 403) return denied(message, code);
  if (status == 408 || status == 429 || status >= 500) return retry(message, response.retry_after(), code);
  return failed(message, code);
}

inline void throw_for_status(const Response& response, std::string_view said) {
  if (!response.ok()) throw error_for_status(response, said);
}

namespace http {

inline Request& Request::header(std::string_view name, std::string_view value) {
  if (!detail::is_token(name))
    throw invalid("\"" + std::string(name) + "\" cannot be the name of a header", "bad_header");
  if (!detail::is_header_value(value))
    throw invalid("the value of the header " + std::string(name) +
                      " has a line break or another control character; take it out",
                  "bad_header");
  std::erase_if(headers_, [&](const auto& header) { return same_name(header.first, name); });
  headers_.emplace_back(name, value);
  return *this;
}

inline Request& Request::basic(std::string_view user, const Secret& password) {
  return header("authorization", "Basic " + to_base64(std::string(user) + ":" + password.reveal()));
}

inline Request& Request::query(std::string_view name, const Json& value) {
  if (value.is_null()) return *this;
  const auto hash = url_.find('#');
  const std::string fragment = hash == std::string::npos ? "" : url_.substr(hash);
  url_.resize(url_.size() - fragment.size());
  url_ += url_.find('?') == std::string::npos ? '?' : '&';
  url_ += percent_encode(name) + "=" + percent_encode(value.to_text()) + fragment;
  return *this;
}

inline Request& Request::json(const Json& value) { return body(value.dump(), "application/json"); }

inline Request& Request::form(const Json& fields) {
  Pairs pairs;
  for (const auto& [name, value] : fields.members()) {
    if (!value.is_array()) pairs.emplace_back(name, value.to_text());
    for (const Json& item : value.items()) pairs.emplace_back(name, item.to_text());
  }
  return body(encode_form(pairs), "application/x-www-form-urlencoded");
}

inline Request& Request::body(std::string bytes, std::string_view content_type) {
  body_ = std::move(bytes);
  return header("content-type", content_type);
}

inline Request& Request::timeout(std::chrono::milliseconds time) {
  timeout_ = time;
  return *this;
}

inline void Request::ask(detail::Session& session) const {
  session.head = Json{
      {"effect", "http"}, {"method", method_}, {"url", url_}, {"headers", detail::pairs_to_json(headers_)}};
  if (timeout_) session.head.set("timeout_ms", timeout_->count());
  session.body = body_;
}

inline Response Request::answer(detail::Session& session) const {
  if (const Json* const error = session.head.find("error")) throw detail::error_from_json(*error);
  const std::int64_t status = session.head.at("status").as_int();
  if (status < 100 || status > 599)
    throw bug("the host answered an HTTP request without a status", "bad_outcome");
  Response out(static_cast<int>(status), detail::pairs_from_json(session.head.at("headers")),
               std::move(session.body));
  out.request_ = method_ + " " + detail::without_query(url_);
  out.received_ = session.now;
  return out;
}

}  // namespace http
}  // namespace waggle
