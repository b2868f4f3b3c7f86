// Durations as people write them in YAML: 500ms, 30s, 10m, 2h, 7d. Used by the loaders of flows and project
// files; pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::flows {

/// Longer pauses are mistakes of unit; keeps every sum of times inside 64 bits.
inline constexpr std::chrono::milliseconds max_duration = std::chrono::hours(24 * 3660);

/// `30s`, `1h30m`, `1.5h`, `0s`; units ms s m h d w. nullopt for anything else, also for a bare number and
/// for more than max_duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `1h30m`: the reverse, in the largest units that fit.
std::string to_text(std::chrono::milliseconds duration);

}  // namespace waggle::flows
