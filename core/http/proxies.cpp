// See proxies.hpp.
#include "core/http/proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
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

std::string_view without_last_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

/// `[::1]` is `::1`, `.shop.example.` is `shop.example`.
std::string_view bare(std::string_view word) {
  if (word.starts_with('[') && word.ends_with(']')) return word.substr(1, word.size() - 2);
  if (word.starts_with('.')) word.remove_prefix(1);
  return without_last_dot(word);
}

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", \t"), list.size());
    if (const auto word = bare(list.substr(0, end)); !word.empty()) out.push_back(lower(word));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

/// Whether the host is an address in a network like 10.0.0.0/8 or fd00::/8.
bool is_in(const std::string& network, std::string_view host) {
  namespace ip = boost::asio::ip;
  boost::system::error_code bad;
  const ip::address address = ip::make_address(host, bad);
  if (bad || network.find('/') == std::string::npos) return false;
  if (address.is_v4()) {
    const ip::network_v4 known = ip::make_network_v4(network, bad);
    return !bad && ip::network_v4(address.to_v4(), known.prefix_length()).canonical() == known.canonical();
  }
  const ip::network_v6 known = ip::make_network_v6(network, bad);
  return !bad && ip::network_v6(address.to_v6(), known.prefix_length()).canonical() == known.canonical();
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
  found.for_http_.text = setting({"http_proxy"});
  found.for_https_.text = setting({"https_proxy", "HTTPS_PROXY"});
  if (found.for_http_.text.empty()) found.for_http_.text = any;
  if (found.for_https_.text.empty()) found.for_https_.text = any;
  found.excepted_ = words(setting({"no_proxy", "NO_PROXY"}));
  return found;
}

bool Proxies::is_excepted(std::string_view host) const {
  host = without_last_dot(host);
  return std::any_of(excepted_.begin(), excepted_.end(), [&](const std::string& name) {
    if (name == "*" || host == name || is_in(name, host)) return true;
    return host.size() > name.size() && host.ends_with(name) && host[host.size() - name.size() - 1] == '.';
  });
}

Result<std::shared_ptr<const Url>> Proxies::read(const Setting& setting) {
  const std::string& text = setting.text;
  auto proxy = read_url(text.find("://") == std::string::npos ? "http://" + text : text);
  if (proxy && !proxy->secure) return std::make_shared<const Url>(std::move(*proxy));
  return retry("\"" + without_user(text) + "\" in the environment's setting " + setting.name +
                   " or all_proxy is not the address of a proxy that speaks plain http; write it like "
                   "http://host:3128 and start again",
               {}, "bad_proxy");
}

Result<std::shared_ptr<const Url>> Proxies::on_the_way_to(const Url& url) const {
  const Setting& setting = url.secure ? for_https_ : for_http_;
  if (setting.text.empty() || is_excepted(url.host)) return std::shared_ptr<const Url>();
  return read(setting);
}

Result<void> Proxies::check() const {
  for (const Setting* setting : {&for_http_, &for_https_}) {
    if (setting->text.empty()) continue;
    if (const auto proxy = read(*setting); !proxy.ok()) return proxy.error();
  }
  return {};
}

}  // namespace waggle::http
