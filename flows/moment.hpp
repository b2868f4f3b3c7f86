// Moments as text: RFC 3339 date and time -> Unix milliseconds. Used by `wait: { until: ... }`; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace waggle::flows {

inline constexpr std::int64_t max_moment_ms = 253'402'300'799'999;  ///< the end of the year 9999

/// `2026-11-23T10:00:00Z`, `2026-11-23 10:00:00.5+01:00`, or a date alone (its beginning, UTC); nullopt for
/// anything else. A time without a zone is UTC.
std::optional<std::int64_t> parse_moment(std::string_view text);

}  // namespace waggle::flows
