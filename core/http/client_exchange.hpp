// One outbound exchange: what is sent, who waits for the answer, and its failures in plain words. Used by the
// client and its connections, on their loop.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "core/http/client.hpp"
#include "core/http/loop_types.hpp"
#include "core/http/message.hpp"
#include "core/http/url.hpp"

namespace waggle::http {

/// A server that sends more than this as headers is hostile or broken.
inline constexpr std::size_t max_response_header_bytes = 64u << 10;

struct Exchange {
  OutboundRequest request;
  std::shared_ptr<const Url> url;
  std::shared_ptr<const Url> proxy;  ///< null: there is none on the way
  std::string head;                  ///< of the request, as sent
  Answered answered;
  const Clock::time_point started = Clock::now();

  Clock::time_point end() const { return started + request.timeout; }
  /// Whom to connect to: the proxy, if there is one.
  const Url& first_hop() const { return proxy ? *proxy : *url; }
  /// True if by its method (RFC 9110, 9.2.2) it does no harm that a server gets it twice. An Idempotency-Key
  /// says nothing: whether the server knows such keys is known to the action alone.
  bool is_repeatable() const;

  /// Until the connection to `whom` stands: `when` is when it should have.
  Error did_not_connect(const Url& whom, Clock::time_point when) const;
  Error timed_out(const Url& whom) const;          ///< `whom`: who did not answer
  Error no_address(const std::string& why) const;  ///< of the proxy, if there is one
  Error no_connection(const std::string& why) const;
  Error no_tunnel(const std::string& why) const;
  Error distrusted(const std::string& why) const;
  Error no_tls(const std::string& why) const;
  Error not_http() const;
  Error closed_early(const std::string& why) const;
  /// The server has answered `status`, in a way that cannot be read: it may have done what was asked.
  Error unreadable(int status, const std::string& why) const;
  Error too_large() const;
  Error stopping() const;

 private:
  std::string name(const Url& whom) const;  ///< for an error: the server, or the proxy on the way
};

}  // namespace waggle::http
