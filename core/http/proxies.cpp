// See proxies.hpp.
#include "core/http/proxies.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

/// The first that is set, be it empty.
std::string setting(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const char* value = std::getenv(name)) return value;
  return {};
}

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", \t"), list.size());
    std::string_view word = list.substr(0, end);
    if (!word.empty() && word.front() == '.') word.remove_prefix(1);
    if (!word.empty()) out.push_back(lower(word));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

/// For words to people: without a name and a password.
std::string without_user(const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos) return text;
  const std::size_t scheme = text.find("://");
  return (scheme < at ? text.substr(0, scheme + 3) : std::string{}) + text.substr(at + 1);
}

}  // namespace

Proxies Proxies::from_environment() {
  Proxies found;
  const std::string any = setting({"all_proxy", "ALL_PROXY"});
  found.for_http_ = setting({"http_proxy"});
  found.for_https_ = setting({"https_proxy", "HTTPS_PROXY"});
  if (found.for_http_.empty()) found.for_http_ = any;
  if (found.for_https_.empty()) found.for_https_ = any;
  found.excepted_ = words(setting({"no_proxy", "NO_PROXY"}));
  return found;
}

bool Proxies::is_excepted(const std::string& host) const {
  return std::any_of(excepted_.begin(), excepted_.end(), [&](const std::string& name) {
    if (name == "*" || host == name) return true;
    return host.size() > name.size() && host.ends_with(name) && host[host.size() - name.size() - 1] == '.';
  });
}

Result<std::shared_ptr<const Url>> Proxies::on_the_way_to(const Url& url) const {
  const std::string& text = url.secure ? for_https_ : for_http_;
  if (text.empty() || is_excepted(url.host)) return std::shared_ptr<const Url>();
  auto proxy = read_url(text.find("://") == std::string::npos ? "http://" + text : text);
  if (!proxy || proxy->secure)
    return invalid("\"" + without_user(text) + "\" in the environment's setting " +
                       (url.secure ? "https_proxy" : "http_proxy") +
                       " or all_proxy is not the address of a proxy that speaks plain http; write it like "
                       "http://host:3128",
                   "bad_proxy");
  return std::make_shared<const Url>(std::move(*proxy));
}

}  // namespace waggle::http
