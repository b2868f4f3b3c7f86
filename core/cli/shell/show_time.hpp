// Times for people: UTC, as in the store and in logs, so that two screens can be compared. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace waggle::cli {

std::string full_time(std::int64_t unix_ms);   ///< 2026-11-23T10:40:34.123Z; empty for 0
std::string short_time(std::int64_t unix_ms);  ///< 11-23 10:40:34, for tables
std::string short_duration(std::int64_t ms);   ///< 12 ms, 3.4 s, 5 min, 2 h, 3 d

}  // namespace waggle::cli
