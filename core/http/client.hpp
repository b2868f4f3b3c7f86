// The one outbound HTTP client: libcurl multi on an event loop, so that thousands of waiting requests cost no
// thread. Every call that Waggle makes goes through here. One Client per loop; use it on its loop only.
#pragma once

#include <functional>
#include <memory>

#include <waggle/result.hpp>

#include "core/http/loops.hpp"
#include "core/http/message.hpp"

namespace waggle::http {

/// Errors are `retry` (no answer: resolve, connect, TLS, time-out, reset; the sentence names the host; or
/// there is no libcurl to call with) or `invalid` (bad URL, scheme other than http and https) or `failed`
/// (answer too large).
using Answered = std::function<void(Result<OutboundResponse>)>;

class Client {
 public:
  explicit Client(Loop& loop);
  ~Client();  ///< what is under way is answered with `retry`
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(OutboundRequest request, Answered answered);
  std::size_t under_way() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace waggle::http
