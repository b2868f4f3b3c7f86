// Where a request goes and how it shows who we are. Credentials of a connection only ever go to the
// connection's own origin, whatever an address in an event or in an answer says. Any thread. Sources: RFC
// 3986, RFC 6749 section 4.4 (client credentials), RFC 7617, RFC 6750 (read 2026-11)
#pragma once

#include <string>
#include <string_view>

#include <waggle/call.hpp>
#include <waggle/http.hpp>

namespace waggle::http_connector {

/// https://Shop.example:8443/a?b -> https://shop.example:8443; empty when it is no http or https address, or
/// holds a user name.
inline std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return {};
  std::string out(url.substr(0, url.find_first_of("/?#", scheme + 3)));
  for (char& c : out) {
    // Programs read a backslash and a user name in different ways, so nobody gets to see them.
    if (static_cast<unsigned char>(c) <= 0x20 || c == '@' || c == '\\') return {};
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (!out.starts_with("https://") && !out.starts_with("http://")) return {};
  if (out.ends_with("://")) return {};
  if (out.starts_with("https://") && out.ends_with(":443")) out.resize(out.size() - 4);
  if (out.starts_with("http://") && out.ends_with(":80")) out.resize(out.size() - 3);
  return out;
}

/// The whole address: as given, or behind the connection's base_url when it begins with no scheme.
inline std::string address_of(const Call& call, const std::string& given) {
  std::string base = call.setting("base_url").to_text();
  if (given.find("://") == std::string::npos || given.find("://") > given.find_first_of("/?#")) {
    if (base.empty())
      throw invalid("url \"" + given + "\" has no scheme and the connection no base_url; write https://...",
                    "bad_url");
    while (base.ends_with('/')) base.pop_back();
    return given.empty() || given[0] == '?' ? base + given : base + (given[0] == '/' ? "" : "/") + given;
  }
  return given;
}

/// `path` without its . and .. (RFC 3986, 5.2.4).
inline std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const std::string_view part = path.substr(0, end);
    const bool last = end == path.size();
    if (part == "/.." || part == "/.") {
      if (part == "/..") out.resize(std::min(out.rfind('/'), out.size()));
      if (last) out += '/';
    } else {
      out += part;
    }
    path.remove_prefix(end);
  }
  return out;
}

/// What `reference` means in an answer to `url`, which is a whole address (RFC 3986, 5.2.2). Without
/// fragment.
inline std::string resolved(std::string_view url, std::string_view reference) {
  url = url.substr(0, url.find('#'));
  reference = reference.substr(0, reference.find('#'));
  const auto colon = reference.find(':');
  if (colon != reference.npos && colon < reference.find_first_of("/?")) return std::string(reference);
  const auto host = std::min(url.find("://"), url.size() - 3) + 3;
  const auto root = std::min(url.find_first_of("/?", host), url.size());
  const auto query = std::min(url.find('?', root), url.size());
  if (reference.empty()) return std::string(url);
  if (reference.starts_with("//")) return std::string(url.substr(0, host - 2)) + std::string(reference);
  if (reference[0] == '?') return std::string(url.substr(0, query)) + std::string(reference);
  std::string path(reference.substr(0, reference.find('?')));
  const std::string_view rest = reference.substr(path.size());
  if (path[0] != '/') {
    const std::string_view base = url.substr(root, query - root);
    path = (base.empty() ? "/" : std::string(base.substr(0, base.rfind('/') + 1))) + path;
  }
  return std::string(url.substr(0, root)) + without_dots(path) + std::string(rest);
}

class Authority {
 public:
  explicit Authority(const Call& call) : call_(call), kind_(call.setting("auth").to_text()) {
    if (kind_.empty()) kind_ = "none";
    if (kind_ != "none" && origin_of(call.setting("base_url").to_text()).empty())
      throw invalid("the connection needs a base_url, so that its credentials go nowhere else",
                    "no_base_url");
  }

  /// Fetches the token, when the kind needs one; then put() works.
  Operation<void> prepare() {
    if (kind_ != "oauth2") co_return;
    Json form = Json::object();
    form.set("grant_type", "client_credentials");
    if (const std::string scope = call_.setting("scope").to_text(); !scope.empty()) form.set("scope", scope);
    auto request = http::post(call_.setting("token_url").to_text());
    request.form(form).basic(percent_encode(call_.setting("client_id").to_text()),
                             Secret(percent_encode(call_.secret("client_secret").reveal())));
    request.header("accept", "application/json");
    Response reply = co_await request;
    if (reply.status() == 400 || reply.status() == 401)
      throw denied("the token_url refuses the connection's client_id or client_secret (" +
                       std::to_string(reply.status()) + ")",
                   "bad_client");
    throw_for_status(reply);
    const std::string token = reply.json().text("access_token");
    if (token.empty()) throw denied("the token_url answered without an access_token", "no_token");
    token_ = Secret(token);
  }

  void put(http::Request& request) const {
    if (kind_ == "none") return;
    if (origin_of(request.url()) != origin_of(call_.setting("base_url").to_text()))
      throw invalid(
          "the address is not at the connection's base_url, so its credentials are not sent there; use a "
          "connection for that "
          "address, or none",
          "other_origin");
    if (kind_ == "basic") request.basic(call_.setting("username").to_text(), call_.secret("password"));
    if (kind_ == "bearer") request.bearer(call_.secret("token"));
    if (kind_ == "header") request.header(name_or("X-Api-Key"), call_.secret("token"));
    if (kind_ == "query") request.query(name_or("api_key"), call_.secret("token").reveal());
    if (kind_ == "oauth2") request.bearer(token_);
  }

 private:
  std::string name_or(const char* usual) const {
    const std::string name = call_.setting("name").to_text();
    return name.empty() ? usual : name;
  }

  const Call& call_;
  std::string kind_;
  Secret token_;
};

}  // namespace waggle::http_connector
