#include "flows/jsonata/date_parts.hpp"

#include <cmath>

#include "flows/jsonata/calendar.hpp"

namespace waggle::jsonata {

namespace {

struct YearMonth {
  std::int64_t year;
  int month;  // 1..12

  YearMonth next() const { return month == 12 ? YearMonth{year + 1, 1} : YearMonth{year, month + 1}; }
  YearMonth previous() const { return month == 1 ? YearMonth{year - 1, 12} : YearMonth{year, month - 1}; }
};

int weekday_of(std::int64_t days) { return static_cast<int>(((days + 3) % 7 + 7) % 7) + 1; }

/// ISO 8601: the first week is the one with the first Thursday; weeks start on Monday. XPath says the same of
/// months.
std::int64_t start_of_first_week(YearMonth ym) {
  std::int64_t first = days_from_civil(ym.year, ym.month, 1);
  int weekday = weekday_of(first);
  return weekday > 4 ? first + 8 - weekday : first - (weekday - 1);
}

double week_within(std::int64_t today, YearMonth period, YearMonth following, YearMonth preceding,
                   double last) {
  auto weeks = [today](YearMonth ym) { return static_cast<double>(today - start_of_first_week(ym)) / 7 + 1; };
  double week = weeks(period);
  if (week > last) {
    if (today >= start_of_first_week(following)) week = 1;
  } else if (week < 1) {
    week = weeks(preceding);
  }
  return std::floor(week);
}

}  // namespace

double date_part(double ms, char component) {
  Moment m = moment_of(ms);
  auto year = m.date.year;
  std::int64_t today = days_from_civil(year, m.date.month, m.date.day);
  YearMonth this_month{year, m.date.month};
  switch (component) {
    case 'Y':
      return static_cast<double>(year);
    case 'M':
      return m.date.month;
    case 'D':
      return m.date.day;
    case 'd':
      return static_cast<double>(today - days_from_civil(year, 1, 1) + 1);
    case 'F':
      return m.weekday;
    case 'W':
      return week_within(today, {year, 1}, {year + 1, 1}, {year - 1, 1}, 52);
    case 'w':
      return week_within(today, this_month, this_month.next(), this_month.previous(), 4);
    case 'X':
      if (today < start_of_first_week({year, 1})) return static_cast<double>(year - 1);
      return static_cast<double>(today >= start_of_first_week({year + 1, 1}) ? year + 1 : year);
    case 'x':
      if (today < start_of_first_week(this_month)) return this_month.previous().month;
      return today >= start_of_first_week(this_month.next()) ? this_month.next().month : m.date.month;
    case 'H':
      return m.hour;
    case 'h':
      return m.hour % 12 == 0 ? 12 : m.hour % 12;
    case 'P':
      return m.hour >= 12 ? 1 : 0;
    case 'm':
      return m.minute;
    case 's':
      return m.second;
    case 'f':
      return m.millisecond;
    default:
      return 0;
  }
}

}  // namespace waggle::jsonata
