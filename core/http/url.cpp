// See url.hpp. RFC 3986, read as senders write it: what stands in a path is not argued about.
#include "core/http/url.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/http/ascii.hpp"
#include "core/http/target.hpp"

namespace waggle::http {
namespace {

constexpr std::uint16_t http_port = 80, https_port = 443;

Error not_a_url(const std::string& url, const char* why) {
  return invalid("\"" + url + "\" is not a URL (" + why + "); write it like https://host/path", "bad_url");
}

/// Browsers and other clients send bytes beyond ASCII as their UTF-8 in percent escapes.
std::string encoded_target(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 1);
  if (text.empty() || text.front() != '/') out += '/';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      out += {'%', digits[byte >> 4], digits[byte & 0xf]};
    }
  }
  return out;
}

/// False if it is none. `host` was accepted by is_host.
bool split_port(std::string_view host, Url& url) {
  const bool bracketed = host.front() == '[';
  const std::size_t end = bracketed ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  url.host = lower(bracketed ? host.substr(1, end - 2) : host.substr(0, end));
  url.authority = lower(host.substr(0, end));
  const std::uint16_t usual = url.secure ? https_port : http_port;
  url.port = usual;
  if (end + 1 >= host.size()) return true;
  const std::string_view digits = host.substr(end + 1);
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
  if (error != std::errc{} || stop != digits.data() + digits.size() || url.port == 0) return false;
  if (url.port != usual) url.authority += ":" + std::to_string(url.port);
  return true;
}

}  // namespace

std::string Url::host_and_port() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Url> read_url(const std::string& text) {
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_bad))
    return not_a_url(text, "it has a space or a control character");
  std::string_view rest = text;
  const std::size_t colon = rest.find("://");
  if (colon == std::string_view::npos) return not_a_url(text, "it has no scheme");
  const std::string scheme = lower(rest.substr(0, colon));
  if (scheme != "http" && scheme != "https")
    return invalid("\"" + text + "\" is not an http or https URL; only these two are called", "bad_scheme");
  rest.remove_prefix(colon + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());

  Url url;
  url.secure = scheme == "https";
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (!percent_decode(authority.substr(0, at), url.user))
      return not_a_url(text, "the user before the @ has a bad percent escape");
    authority.remove_prefix(at + 1);
  }
  if (authority.empty() || authority.front() == ':') return not_a_url(text, "it has no host");
  if (!is_host(authority)) return not_a_url(text, "its host has letters that no host name has");
  if (!split_port(authority, url)) return not_a_url(text, "its port is no number from 1 to 65535");
  if (url.host.find_first_not_of('.') == std::string::npos) return not_a_url(text, "it has no host");
  url.origin = scheme + "://" + url.host_and_port();
  url.target = encoded_target(rest.substr(0, rest.find('#')));
  return url;
}

}  // namespace waggle::http
