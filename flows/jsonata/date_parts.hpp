// Parts of a point in time as pictures name them. Pure functions, any thread.
#pragma once

#include <array>
#include <string_view>

namespace waggle::jsonata {

inline constexpr std::array<const char*, 12> month_names = {"January",   "February", "March",    "April",
                                                            "May",       "June",     "July",     "August",
                                                            "September", "October",  "November", "December"};
inline constexpr std::array<const char*, 7> day_names = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                         "Friday", "Saturday", "Sunday"};

/// Y year, M month, D day, d day of the year, F day of the week (1 = Monday), W week of the year, w week of
/// the month, X and x the year and month a week belongs to, H hour, h hour of twelve, P half of the day (1 =
/// pm), m, s, f.
double date_part(double ms, char component);

}  // namespace waggle::jsonata
