#include "core/engine/retry.hpp"

#include <algorithm>

namespace waggle::engine {

std::optional<std::chrono::milliseconds> next_delay(const flows::RetryPlan& plan, int attempts,
                                                    const Error& error, double random) {
  if (error.next != Next::retry) return std::nullopt;
  const auto index = static_cast<std::size_t>(std::max(attempts, 1) - 1);
  if (index >= plan.delays.size()) return std::nullopt;
  const double spread = 1.0 + plan.jitter * (2.0 * random - 1.0);
  auto delay = std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(plan.delays[index].count()) * spread));
  if (error.after) delay = std::max(delay, std::min(*error.after, max_retry_after));
  return delay;
}

bool parks_run(const Error& error, bool has_connection) {
  return (error.next == Next::denied && has_connection) || error.code == "http_410";
}

}  // namespace waggle::engine
