// See target.hpp.
#include "core/http/target.hpp"

#include <algorithm>
#include <array>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

/// Visible ASCII without the fragment mark. Senders put `|`, `{` and `[` unescaped into queries; they do no
/// harm there.
bool is_target_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

bool strip_authority(std::string_view& raw) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (raw.size() < scheme.size() || !same_word(raw.substr(0, scheme.size()), scheme)) continue;
    raw.remove_prefix(scheme.size());
    const std::size_t end = std::min(raw.find_first_of("/?"), raw.size());
    if (!is_host(raw.substr(0, end))) return false;
    raw.remove_prefix(end);
    return true;
  }
  return false;
}

bool is_ipv6(std::string_view text) {
  constexpr std::size_t longest = 45;  // ::ffff:255.255.255.255 written in full
  if (text.size() < 2 || text.size() > longest) return false;
  return text.find(':') != std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
           return hex_value(c) >= 0 || c == ':' || c == '.';
         });
}

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

bool percent_decode(std::string_view encoded, std::string& decoded) {
  decoded.clear();
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      decoded += encoded[i];
      continue;
    }
    if (i + 2 >= encoded.size()) return false;
    const int high = hex_value(encoded[i + 1]);
    const int low = hex_value(encoded[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

bool climbs(std::string_view path) {
  for (std::size_t at = 0; (at = path.find("..", at)) != std::string_view::npos; ++at) {
    const bool begins = at == 0 || path[at - 1] == '/' || path[at - 1] == '\\';
    const bool ends = at + 2 == path.size() || path[at + 2] == '/' || path[at + 2] == '\\';
    if (begins && ends) return true;
  }
  return false;
}

std::string read_target(std::string_view method, std::string_view raw, Target& target) {
  if (!is_target_text(raw)) return "the target has bytes that must be percent-encoded";
  if (raw == "*") {
    if (method != "OPTIONS") return "the target * is for OPTIONS only";
    target.path = raw;
    return {};
  }
  if (raw.front() != '/' && !strip_authority(raw)) return "the target is neither a path nor an http address";
  const std::size_t question = raw.find('?');
  const std::string_view path = raw.substr(0, question);
  if (question != std::string_view::npos) target.query = raw.substr(question + 1);
  target.path = path.empty() ? "/" : path;
  if (path.find('%') == std::string_view::npos)
    return climbs(path) ? "the path climbs out with .." : std::string{};
  std::string decoded;
  if (!percent_decode(path, decoded)) return "the path has a bad percent escape";
  return climbs(decoded) ? "the path climbs out with .." : std::string{};
}

bool is_host(std::string_view value) {
  std::string_view rest;
  if (!value.empty() && value.front() == '[') {
    const std::size_t end = value.find(']');
    if (end == std::string_view::npos || !is_ipv6(value.substr(1, end - 1))) return false;
    rest = value.substr(end + 1);
  } else {
    const std::size_t colon = std::min(value.find(':'), value.size());
    const std::string_view name = value.substr(0, colon);
    // unreserved, sub-delims and % of RFC 3986, 3.2.2
    const auto fits = [](char c) {
      return is_letter(c) || is_digit(c) ||
             std::string_view("-._~!$&'()*+,;=%").find(c) != std::string_view::npos;
    };
    if (name.empty() || !std::all_of(name.begin(), name.end(), fits)) return false;
    rest = value.substr(colon);
  }
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

bool is_served_method(std::string_view method) {
  // IANA's method registry (read 2026-11) without CONNECT, TRACE and PRI; PURGE is Varnish's, SOURCE is
  // Icecast's.
  static constexpr std::array<std::string_view, 41> names{"GET",         "POST",       "PUT",
                                                          "PATCH",       "DELETE",     "HEAD",
                                                          "OPTIONS",     "ACL",        "BASELINE-CONTROL",
                                                          "BIND",        "CHECKIN",    "CHECKOUT",
                                                          "COPY",        "LABEL",      "LINK",
                                                          "LOCK",        "MERGE",      "MKACTIVITY",
                                                          "MKCALENDAR",  "MKCOL",      "MKREDIRECTREF",
                                                          "MKWORKSPACE", "MOVE",       "M-SEARCH",
                                                          "NOTIFY",      "ORDERPATCH", "PROPFIND",
                                                          "PROPPATCH",   "PURGE",      "QUERY",
                                                          "REBIND",      "REPORT",     "SEARCH",
                                                          "SOURCE",      "SUBSCRIBE",  "UNBIND",
                                                          "UNCHECKOUT",  "UNLINK",     "UNLOCK",
                                                          "UNSUBSCRIBE", "UPDATE"};
  return std::find(names.begin(), names.end(), method) != names.end();
}

}  // namespace waggle::http
