// The Gregorian calendar in both directions, without the C library: days and milliseconds since 1970-01-01
// UTC. Pure functions, any thread. Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
// (read 2026-11).
#pragma once

#include <cstdint>

namespace waggle::jsonata {

inline constexpr double ms_per_day = 86'400'000;
/// JavaScript's range of times: 100 million days either way.
inline constexpr double largest_ms = 8.64e15;

struct Civil {
  std::int64_t year;
  int month;  ///< 1..12
  int day;    ///< 1..31
};

struct Moment {
  Civil date;
  int hour, minute, second, millisecond;
  int weekday;  ///< 1 = Monday .. 7 = Sunday
};

std::int64_t days_from_civil(std::int64_t year, int month, int day);
Civil civil_from_days(std::int64_t days);
Moment moment_of(double ms);
/// As Date.UTC(): parts beyond their range carry over. NaN outside JavaScript's range.
double ms_from_parts(double year, double month, double day, double hour, double minute, double second,
                     double ms);
int days_in_month(std::int64_t year, int month);

}  // namespace waggle::jsonata
