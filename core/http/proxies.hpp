// Which proxy stands between us and a host: the settings of the environment that curl and most programs read.
// One per client, on its loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/result.hpp>

#include "core/http/url.hpp"

namespace waggle::http {

/// `http_proxy` (lower case only: a web server's CGI puts a sender's header into HTTP_PROXY), `https_proxy`
/// and `all_proxy` in either case, and `no_proxy`: names, with what is beneath them, addresses, and networks
/// like 10.0.0.0/8, by commas, or `*`. Source: https://curl.se/libcurl/c/libcurl-env.html (read 2026-11). A
/// proxy without a port is at port 80, as its URL says; curl alone means 1080.
class Proxies {
 public:
  static Proxies from_environment();

  /// Null: none. Errors: retry (the setting is no address of an http proxy: the run is not to blame).
  Result<std::shared_ptr<const Url>> on_the_way_to(const Url& url) const;
  /// Of the settings, whoever is called. Errors: as above.
  Result<void> check() const;

 private:
  struct Setting {
    const char* name;
    std::string text;
  };
  static Result<std::shared_ptr<const Url>> read(const Setting& setting);
  bool is_excepted(std::string_view host) const;

  Setting for_http_{"http_proxy", {}}, for_https_{"https_proxy", {}};
  std::vector<std::string> excepted_;  ///< lower case, without a leading or last dot and without brackets
};

}  // namespace waggle::http
