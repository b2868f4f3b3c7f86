// Where an outbound request goes: a URL in its parts. Used by the client, on its loop.
#pragma once

#include <cstdint>
#include <string>

#include <waggle/result.hpp>

namespace waggle::http {

struct Url {
  bool secure = false;
  std::string host{};  ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string
      authority{};       ///< for the Host header: with brackets, and with the port if it is not the scheme's
  std::string target{};  ///< path and query as written, bytes beyond ASCII percent-encoded; begins with `/`
  std::string origin{};  ///< scheme, host and port: what connections are kept by
  std::string user{};    ///< `name:password` before an @, decoded; empty when there is none

  /// For words to people, and for CONNECT.
  std::string host_and_port() const;
};

/// Errors: invalid (not a URL, scheme other than http and https, no host).
Result<Url> read_url(const std::string& url);

}  // namespace waggle::http
