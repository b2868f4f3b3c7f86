// The one outbound HTTP client: HTTP/1.1 on connections that are kept and used again, with TLS and proxies,
// on an event loop, so that thousands of waiting requests cost no thread. Every call that Waggle makes goes
// through here. One Client per loop; use it on its loop only.
#pragma once

#include <functional>
#include <memory>

#include <waggle/result.hpp>

#include "core/http/loops.hpp"
#include "core/http/message.hpp"

namespace waggle::http {

/// Errors are `retry` (no answer: resolve, connect, TLS, time-out, reset, a proxy that cannot be used; the
/// sentence names the host) or `invalid` (bad URL, scheme other than http and https, a method or header that
/// cannot be sent) or `failed` (an answer that is too large, or whose status is there and the rest cannot be
/// read).
using Answered = std::function<void(Result<OutboundResponse>)>;

class Client {
 public:
  explicit Client(Loop& loop);
  ~Client();  ///< what is under way is answered with `retry`
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Redirects are not followed. An answer in gzip or deflate is decoded. What cannot be sent at all is
  /// answered within the call.
  void send(OutboundRequest request, Answered answered);
  std::size_t under_way() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace waggle::http
