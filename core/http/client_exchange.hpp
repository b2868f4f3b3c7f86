// One outbound exchange: what is sent, who waits for the answer, and its failures in plain words. Used by the
// client and its connections, on their loop.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "core/http/client.hpp"
#include "core/http/message.hpp"
#include "core/http/url.hpp"

namespace waggle::http {

/// A server that sends more than this as headers is hostile or broken.
inline constexpr std::size_t max_response_header_bytes = 64u << 10;

struct Exchange {
  using Clock = std::chrono::steady_clock;

  OutboundRequest request;
  std::shared_ptr<const Url> url;
  std::shared_ptr<const Url> proxy;  ///< null: there is none on the way
  std::string head;                  ///< of the request, as sent
  Answered answered;
  const Clock::time_point started = Clock::now();

  Clock::time_point end() const { return started + request.timeout; }
  /// True if it does no harm that a server gets it twice without knowing: by its method (RFC 9110, 9.2.2), or
  /// by its Idempotency-Key.
  bool is_repeatable() const;

  Error timed_out(Clock::time_point at) const;
  Error no_address(const std::string& why) const;  ///< of the proxy, if there is one
  Error no_connection(const std::string& why) const;
  Error no_tunnel(int status) const;
  Error distrusted(const std::string& why) const;
  Error no_tls(const std::string& why) const;
  Error not_http() const;
  Error closed_early(const std::string& why) const;
  Error damaged() const;
  Error too_large() const;
  Error stopping() const;
};

}  // namespace waggle::http
