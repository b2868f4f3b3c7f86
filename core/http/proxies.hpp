// Which proxy stands between us and a host: the settings of the environment that curl and most programs read.
// One per client, on its loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <waggle/result.hpp>

#include "core/http/url.hpp"

namespace waggle::http {

/// `http_proxy` (lower case only: a web server's CGI puts a sender's header into HTTP_PROXY), `https_proxy`
/// and `all_proxy` in either case, and `no_proxy`: names, with what is beneath them, and addresses, by
/// commas, or `*`. Source: https://curl.se/libcurl/c/libcurl-env.html (read 2026-11).
class Proxies {
 public:
  static Proxies from_environment();

  /// Null: none. Errors: invalid (the setting is no address of an http proxy).
  Result<std::shared_ptr<const Url>> on_the_way_to(const Url& url) const;

 private:
  bool is_excepted(const std::string& host) const;

  std::string for_http_, for_https_;
  std::vector<std::string> excepted_;  ///< lower case, without a leading dot
};

}  // namespace waggle::http
