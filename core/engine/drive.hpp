// Drives one plugin operation to its end: performs the effects it asks for (HTTP, sleep, blocking) and hands
// the outcomes back. The one place where what a connector wants becomes what the machine does. On the loop
// given; never blocks it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/http/client.hpp"
#include "core/http/loops.hpp"
#include "core/secrets/redactor.hpp"
#include "plugins/host/plugin.hpp"

namespace waggle::engine {

/// An operation that asks for more effects than this is going in circles.
inline constexpr int max_effects_per_operation = 1'000;

/// How much of each body an attempt's record keeps: enough to see what went wrong, little enough to store
/// each time.
inline constexpr std::size_t recorded_body_bytes = 2u << 10;

/// One HTTP exchange that an operation had, as it is recorded. Masked are only the bodies: before they are
/// cut, or a secret at the cut would be kept in part.
struct Exchange {
  std::string method;
  std::string url;
  int status = 0;  ///< 0 = there was no answer; `error` says why
  std::int64_t ms = 0;
  std::string request;  ///< at most recorded_body_bytes of the body
  std::string response;
  std::string error;
};

/// What an operation ended with.
struct Answer {
  Json head;
  std::string body;
};

struct Driven {
  Result<Answer> result;
  Json error_head;  ///< with an error of the plugin's: its whole head (a refused request's `status` is there)
  std::vector<Exchange> exchanges;
};

/// What driving needs of the world; all of one loop.
struct Hands {
  http::Loop& loop;
  http::Loops& loops;
  http::Client& client;
  const std::function<std::shared_ptr<const secrets::Redactor>()>&
      secrets;  ///< asked when a body is recorded
};

/// Starts the operation and calls `finished` on the loop: at once when no effect is needed, else later. After
/// `deadline` the operation is dropped and the result is `retry`, code "timed_out". Bad effects of the plugin
/// are `bug`.
void drive(const Hands& hands, std::shared_ptr<const host::Plugin> plugin, host::Message input,
           std::chrono::milliseconds deadline, std::function<void(Driven)> finished);

}  // namespace waggle::engine
