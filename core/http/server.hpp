// The front door: HTTP/1.1 over Boost.Beast. One accepted connection stays on one event loop; the handler is
// called on that loop with the whole request, and answers now or later, from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "core/http/loops.hpp"
#include "core/http/message.hpp"

namespace waggle::http {

struct ServerLimits {
  std::size_t max_header_bytes = 16u << 10;
  std::size_t max_headers = 100;
  std::size_t max_body_bytes = 10u << 20;
  /// Of all bodies that are read or wait for their answer at one moment: six of the largest, or tens of
  /// thousands of the usual ones, in a process of tens of megabytes. One of the largest fits in any case.
  std::size_t max_bodies_bytes = 64u << 20;
  std::size_t max_connections = 20'000;
  std::chrono::seconds header_timeout{10};  ///< for the whole head
  std::chrono::seconds body_timeout{30};    ///< for the whole body
  std::chrono::seconds idle_timeout{75};    ///< between requests
};

/// Answers one request; callable once, from any thread. If dropped uncalled the client gets a 500.
using Respond = std::function<void(Reply)>;
/// `loop` is the index of the event loop that the connection lives on.
using Handler = std::function<void(std::size_t loop, Request request, Respond respond)>;

class Server {
 public:
  /// Errors: invalid (address not parsable, port taken: says which and what to do).
  static Result<std::unique_ptr<Server>> listen(Loops& loops, const std::string& address, std::uint16_t port,
                                                ServerLimits limits, Handler handler);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;  ///< the real one when 0 was asked for
  /// Stops accepting, lets requests in progress finish until the deadline, then closes.
  virtual void stop(std::chrono::milliseconds deadline) = 0;
  virtual std::size_t connections() const = 0;
};

}  // namespace waggle::http
