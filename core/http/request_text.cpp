// See request_text.hpp. RFC 9112.
#include "core/http/request_text.hpp"

#include <charconv>
#include <string_view>

#include <waggle/encoding.hpp>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

constexpr std::size_t usual_head_bytes = 512;

/// Headers that a request may bring itself, else ours are sent.
struct Brought {
  bool host = false, agent = false, accept = false, encoding = false, authorization = false;
};

bool is_ours(std::string_view name) {
  return same_word(name, "content-length") || same_word(name, "transfer-encoding") ||
         same_word(name, "expect");
}

void note(Brought& brought, std::string_view name) {
  brought.host = brought.host || same_word(name, "host");
  brought.agent = brought.agent || same_word(name, "user-agent");
  brought.accept = brought.accept || same_word(name, "accept");
  brought.encoding = brought.encoding || same_word(name, "accept-encoding");
  brought.authorization = brought.authorization || same_word(name, "authorization");
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// A name without a password has its colon all the same (RFC 7617, 2).
std::string basic(const std::string& user) {
  return "Basic " + to_base64(user.find(':') == std::string::npos ? user + ":" : user);
}

Result<Brought> add_headers(std::string& out, const Headers& headers) {
  Brought brought;
  for (const auto& [name, value] : headers) {
    if (!is_token(name))
      return invalid("\"" + name + "\" is not a header name; use letters, digits and -", "bad_header");
    if (!is_header_value(value))
      return invalid(
          "the value of the header " + name + " has a line break or another control character; remove it",
          "bad_header");
    if (is_ours(name)) continue;
    note(brought, name);
    add(out, name, value);
  }
  return brought;
}

void add_length(std::string& out, const OutboundRequest& request) {
  const std::string& method = request.method;
  if (request.body.empty() && method != "POST" && method != "PUT" && method != "PATCH") return;
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, request.body.size()).ptr;
  add(out, "Content-Length", {digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace

Result<std::string> request_head(const OutboundRequest& request, const Url& url, const Url* proxy) {
  if (!is_token(request.method))
    return invalid("\"" + request.method + "\" is not an HTTP method; use GET, POST, PUT, PATCH or DELETE",
                   "bad_method");
  const bool forwarded = proxy != nullptr && !url.secure;
  std::string out;
  out.reserve(usual_head_bytes);
  out.append(request.method).append(" ");
  if (forwarded) out.append("http://").append(url.authority);
  out.append(url.target).append(" HTTP/1.1\r\n");
  WAGGLE_TRY(const Brought brought, add_headers(out, request.headers));
  if (!brought.host) add(out, "Host", url.authority);
  if (!brought.agent) add(out, "User-Agent", "waggle");
  if (!brought.accept) add(out, "Accept", "*/*");
  if (!brought.encoding) add(out, "Accept-Encoding", "gzip");
  if (!brought.authorization && !url.user.empty()) add(out, "Authorization", basic(url.user));
  if (forwarded && !proxy->user.empty()) add(out, "Proxy-Authorization", basic(proxy->user));
  add_length(out, request);
  out.append("\r\n");
  return out;
}

std::string connect_head(const Url& url, const Url& proxy) {
  std::string out = "CONNECT " + url.host_and_port() + " HTTP/1.1\r\n";
  add(out, "Host", url.host_and_port());
  if (!proxy.user.empty()) add(out, "Proxy-Authorization", basic(proxy.user));
  add(out, "User-Agent", "waggle");
  return out + "\r\n";
}

}  // namespace waggle::http
