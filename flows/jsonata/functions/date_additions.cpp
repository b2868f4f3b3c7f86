// Additions for dates with time zones: $parseDate, $formatDate, $dateAdd, $dateDiff, $startOf. A time is
// milliseconds since 1970 or ISO 8601 text; what comes as text goes as text.
#include <array>
#include <cmath>

#include "flows/jsonata/calendar.hpp"
#include "flows/jsonata/date_picture.hpp"
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/time_zone.hpp"

namespace waggle::jsonata {

namespace {

double time_of(const Call& call, std::uint32_t index) {
  Value v = call[index];
  double ms = v.is_number() ? v.as_number() : ms_from_iso(v.as_string());
  if (!(std::fabs(ms) <= largest_ms))
    throw fault("D3110")
        .with_value(v)
        .with_index(static_cast<int>(index) + 1)
        .with_text(json_for_message(v) +
                   " is not a time; use milliseconds or text like \"2026-03-29T12:00:00Z\"");
  return ms;
}

std::string_view zone_of(const Call& call, std::uint32_t index) {
  return call[index].is_string() ? call[index].as_string() : std::string_view("UTC");
}

/// The time at which a clock in `zone` shows `local`.
double to_utc(double local, std::string_view zone) {
  if (const TimeZone* known = TimeZone::find(zone)) return known->utc_of_local(local);
  return local - offset_of_zone(zone, local) * 60'000.0;
}

double to_local(double ms, std::string_view zone) { return ms + offset_of_zone(zone, ms) * 60'000.0; }

Value like_first(Call& call, double ms, std::string_view zone) {
  if (call[0].is_number()) return Value::number(ms);
  return call.context.text(DatePicture::parse(iso_picture).format(ms, offset_of_zone(zone, ms)), true);
}

Value parse_date(Call& call) {
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string(), zone = zone_of(call, 2);
  if (!call.has(1)) {
    bool local = false;
    double ms = ms_from_iso(text, &local);
    if (std::isnan(ms)) throw fault("D3110").with_value(call[0]);
    return Value::number(local ? to_utc(ms, zone) : ms);
  }
  std::optional<int> named;
  auto ms = DatePicture::parse(call[1].as_string())
                .read(call.context, text, static_cast<double>(call.context.now), &named);
  if (!ms || std::isnan(*ms))
    throw fault("D3110").with_value(call[0]).with_text(json_for_message(call[0]) + " does not look like " +
                                                       json_for_message(call[1]));
  return Value::number(named ? *ms : to_utc(*ms, zone));
}

Value format_date(Call& call) {
  if (!call.has(0)) return {};
  double ms = time_of(call, 0);
  std::string_view picture = call[1].is_string() ? call[1].as_string() : iso_picture;
  call.context.charge(picture.size());
  return call.context.text(DatePicture::parse(picture).format(ms, offset_of_zone(zone_of(call, 2), ms)));
}

enum class Unit { millisecond, second, minute, hour, day, week, month, quarter, year };

Unit unit_of(const Call& call, std::uint32_t index) {
  constexpr std::array<std::string_view, 9> names = {"millisecond", "second", "minute",  "hour", "day",
                                                     "week",        "month",  "quarter", "year"};
  std::string_view text = call[index].is_string() ? call[index].as_string() : std::string_view();
  if (text.size() > 1 && text.back() == 's') text.remove_suffix(1);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) return static_cast<Unit>(i);
  throw fault("W2005")
      .with_value(call[index])
      .with_index(static_cast<int>(index) + 1)
      .with_text(
          json_for_message(call[index]) +
          " is not a unit of time; use millisecond, second, minute, hour, day, week, month, quarter or year");
}

constexpr std::array<double, 4> fixed_ms = {1, 1000, 60'000, 3'600'000};

double add_months(double local, double months) {
  Moment m = moment_of(local);
  double total = static_cast<double>(m.date.year) * 12 + (m.date.month - 1) + std::trunc(months);
  auto year = static_cast<std::int64_t>(std::floor(total / 12));
  int month = static_cast<int>(total - std::floor(total / 12) * 12) + 1;
  // 31 January and a month is the last day of February.
  int day = std::min(m.date.day, days_in_month(year, month));
  return ms_from_parts(static_cast<double>(year), month, day, m.hour, m.minute, m.second, m.millisecond);
}

Value date_add(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  double ms = time_of(call, 0), amount = call[1].as_number();
  Unit unit = unit_of(call, 2);
  std::string_view zone = zone_of(call, 3);
  if (unit <= Unit::hour) {
    ms += amount * fixed_ms[static_cast<std::size_t>(unit)];
  } else {
    // Days and more are steps of the local calendar: the clock shows the same time across a change to summer
    // time.
    double local = to_local(ms, zone);
    if (unit == Unit::day || unit == Unit::week) {
      local += std::trunc(amount) * (unit == Unit::week ? 7 : 1) * ms_per_day;
    } else {
      local = add_months(local, amount * (unit == Unit::year ? 12 : unit == Unit::quarter ? 3 : 1));
    }
    ms = to_utc(local, zone);
  }
  if (!(std::fabs(ms) <= largest_ms)) throw fault("D1001").with_text("the time is out of range");
  return like_first(call, ms, zone);
}

double whole_months(double from, double to) {
  if (to < from) return -whole_months(to, from);
  Moment a = moment_of(from), b = moment_of(to);
  double months = static_cast<double>(b.date.year - a.date.year) * 12 + (b.date.month - a.date.month);
  return add_months(from, months) > to ? months - 1 : months;
}

Value date_diff(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  std::string_view zone = zone_of(call, 3);
  double from = time_of(call, 0), to = time_of(call, 1);
  Unit unit = unit_of(call, 2);
  double result = 0;
  if (unit <= Unit::hour) {
    result = std::trunc((to - from) / fixed_ms[static_cast<std::size_t>(unit)]);
  } else {
    from = to_local(from, zone);
    to = to_local(to, zone);
    if (unit == Unit::day || unit == Unit::week) {
      result = std::trunc((to - from) / (ms_per_day * (unit == Unit::week ? 7 : 1)));
    } else {
      result = std::trunc(whole_months(from, to) / (unit == Unit::year ? 12 : unit == Unit::quarter ? 3 : 1));
    }
  }
  return Value::number(result == 0 ? 0 : result);
}

Value start_of(Call& call) {
  if (!call.has(0)) return {};
  Unit unit = unit_of(call, 1);
  std::string_view zone = zone_of(call, 2);
  double local = to_local(time_of(call, 0), zone);
  Moment m = moment_of(local);
  auto year = static_cast<double>(m.date.year);
  switch (unit) {
    case Unit::millisecond:
      break;
    case Unit::second:
    case Unit::minute:
    case Unit::hour:
      local = std::floor(local / fixed_ms[static_cast<std::size_t>(unit)]) *
              fixed_ms[static_cast<std::size_t>(unit)];
      break;
    case Unit::day:
      local = std::floor(local / ms_per_day) * ms_per_day;
      break;
    case Unit::week:
      local = (std::floor(local / ms_per_day) - (m.weekday - 1)) * ms_per_day;
      break;
    case Unit::month:
      local = ms_from_parts(year, m.date.month, 1, 0, 0, 0, 0);
      break;
    case Unit::quarter:
      local = ms_from_parts(year, (m.date.month - 1) / 3 * 3 + 1, 1, 0, 0, 0, 0);
      break;
    case Unit::year:
      local = ms_from_parts(year, 1, 1, 0, 0, 0, 0);
      break;
  }
  return like_first(call, to_utc(local, zone), zone);
}

constexpr Example parse_examples[] = {
    {"$parseDate('2026-07-01T12:00:00', null, 'Europe/Berlin')", "!T0410"},
    {"$parseDate('1.7.2026 12:00', '[D].[M].[Y] [H]:[m]', 'Europe/Berlin')", "1782900000000"},
    {"$parseDate('2026-07-01')", "1782864000000"},
    {"$parseDate('soon')", "!D3110"},
    {"$parseDate('3 foo 2026', '[D] [MNn] [Y]')", "!D3110"}};
constexpr Example format_examples[] = {
    {"$formatDate('2026-07-01T10:00:00Z', '[D01].[M01].[Y] [H01]:[m01]', 'Europe/Berlin')",
     "\"01.07.2026 12:00\""},
    {"$formatDate('2026-01-01T10:00:00Z', '[H01]:[m01] [Z]', 'Europe/Berlin')", "\"11:00 +01:00\""},
    {"$formatDate(0, '[H01]:[m01]', '+05:30')", "\"05:30\""},
    {"$formatDate(0, '[H01]:[m01] [Z]', '-0530')", "\"18:30 -05:30\""},
    {"$formatDate(0, '[Y]', 'Mars/Phobos')", "!W2001"}};
constexpr Example add_examples[] = {
    {"$dateAdd('2026-01-31T00:00:00Z', 1, 'month')", "\"2026-02-28T00:00:00.000Z\""},
    {"$dateAdd('2026-03-28T12:00:00Z', 1, 'day', 'Europe/Berlin')", "\"2026-03-29T13:00:00.000+02:00\""},
    {"$dateAdd(0, 90, 'minutes')", "5400000"},
    {"$dateAdd(0, 1, 'moon')", "!W2005"}};
constexpr Example diff_examples[] = {{"$dateDiff('2026-01-01', '2026-03-01', 'days')", "59"},
                                     {"$dateDiff('2026-01-31', '2026-03-01', 'month')", "1"},
                                     {"$dateDiff('2026-03-01', '2025-03-02', 'year')", "0"}};
constexpr Example start_examples[] = {
    {"$startOf('2026-07-15T22:30:00Z', 'day', 'Europe/Berlin')", "\"2026-07-16T00:00:00.000+02:00\""},
    {"$startOf('2026-07-15T22:30:00Z', 'month')", "\"2026-07-01T00:00:00.000Z\""},
    {"$startOf('2026-11-22', 'week')", "\"2026-11-16T00:00:00.000Z\""}};

constexpr Declaration table[] = {
    {"parseDate", "<ss?s?:n>", parse_date, 3,
     "Milliseconds from text, by picture and time zone; what cannot be read is an error.", parse_examples},
    {"formatDate", "<(ns)s?s?:s>", format_date, 3, "A time as text, by picture and time zone.",
     format_examples},
    {"dateAdd", "<(ns)nss?:x>", date_add, 4, "A time so many units later, by the calendar of a time zone.",
     add_examples},
    {"dateDiff", "<(ns)(ns)ss?:n>", date_diff, 4, "Whole units between two times.", diff_examples},
    {"startOf", "<(ns)ss?:x>", start_of, 3,
     "The start of the day, week (Monday), month, quarter or year of a time.", start_examples},
};

}  // namespace

Family date_addition_functions() { return table; }

}  // namespace waggle::jsonata
