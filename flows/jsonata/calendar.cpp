#include "flows/jsonata/calendar.hpp"

#include <cmath>
#include <initializer_list>

namespace waggle::jsonata {

std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2;
  std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  auto year_of_era = static_cast<std::int64_t>(year - era * 400);
  std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Civil civil_from_days(std::int64_t days) {
  days += 719468;
  std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  std::int64_t day_of_era = days - era * 146097;
  std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t shifted = (5 * day_of_year + 2) / 153;
  int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2), month, day};
}

Moment moment_of(double ms) {
  double days = std::floor(ms / ms_per_day);
  auto rest = static_cast<std::int64_t>(ms - days * ms_per_day);
  auto day_number = static_cast<std::int64_t>(days);
  Moment m{};
  m.date = civil_from_days(day_number);
  m.hour = static_cast<int>(rest / 3'600'000);
  m.minute = static_cast<int>(rest / 60'000 % 60);
  m.second = static_cast<int>(rest / 1000 % 60);
  m.millisecond = static_cast<int>(rest % 1000);
  m.weekday = static_cast<int>(((day_number + 3) % 7 + 7) % 7) + 1;  // 1970-01-01 was a Thursday
  return m;
}

double ms_from_parts(double year, double month, double day, double hour, double minute, double second,
                     double ms) {
  constexpr double sane = 1e9;  // keeps the integers below from overflowing; far outside the range anyway
  for (double part : {year, month, day, hour, minute, second})
    if (!(std::fabs(part) < sane)) return NAN;
  double months = std::trunc(month) - 1;
  double carry = std::floor(months / 12);
  auto days = static_cast<double>(days_from_civil(static_cast<std::int64_t>(std::trunc(year) + carry),
                                                  static_cast<int>(months - carry * 12) + 1, 1));
  days += std::trunc(day) - 1;
  double result = days * ms_per_day + std::trunc(hour) * 3'600'000 + std::trunc(minute) * 60'000 +
                  std::trunc(second) * 1000 + std::trunc(ms);
  return std::fabs(result) <= largest_ms ? result : NAN;
}

int days_in_month(std::int64_t year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

}  // namespace waggle::jsonata
