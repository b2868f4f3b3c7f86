// When a failed attempt is tried again. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>

#include <waggle/result.hpp>

#include "flows/flow.hpp"

namespace waggle::engine {

/// An app that asks for more than a day's patience is asked again after a day.
inline constexpr std::chrono::milliseconds max_retry_after = std::chrono::hours(24);

/// The pause before the next attempt; nullopt when the plan is used up or the error is not worth a repeat
/// (only `retry` is). `attempts` = how many were made, from 1. `random` in [0, 1) spreads the delays by the
/// plan's jitter.
std::optional<std::chrono::milliseconds> next_delay(const flows::RetryPlan& plan, int attempts,
                                                    const Error& error, double random);

/// Whether an error is one that a person must mend before the run goes on: the connection is refused (401,
/// 403), or the address is gone for good (410), which repeats cannot change.
bool parks_run(const Error& error, bool has_connection);

}  // namespace waggle::engine
