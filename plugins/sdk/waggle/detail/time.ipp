// Included by time.hpp alone.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <waggle/time.hpp>

namespace waggle {
namespace detail {

/// Reads fixed-width pieces of a time from the front.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_[0]) == any_of.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  /// After the dot of a second: any number of digits, of which three count.
  std::optional<int> thousandths() {
    int value = 0, read = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1), ++read)
      if (read < 3) value = value * 10 + (rest_[0] - '0');
    if (read == 0) return std::nullopt;
    for (; read < 3; ++read) value *= 10;
    return value;
  }
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

inline std::optional<Time> day_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date));
}

/// `loose`: seconds may be missing.
inline std::optional<std::chrono::milliseconds> read_clock(TimeReader& in, bool loose) {
  const auto hour = in.digits(2);
  if (!hour || !in.take(":")) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  if (loose && !in.rest().starts_with(':')) return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  const auto second = in.take(":") ? in.digits(2) : std::nullopt;
  if (!second || *second > 60) return std::nullopt;
  int thousandth = 0;
  if (in.take(".")) {
    const auto fraction = in.thousandths();
    if (!fraction) return std::nullopt;
    thousandth = *fraction;
  }
  const auto minutes = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (*second == 60) return minutes + std::chrono::milliseconds(59999);
  return minutes + std::chrono::seconds(*second) + std::chrono::milliseconds(thousandth);
}

/// `loose`: ISO 8601's shorter +0100 and +01 too.
inline std::optional<std::chrono::minutes> read_zone(TimeReader& in, bool loose) {
  if (in.take("Zz")) return std::chrono::minutes(0);
  const bool west = in.rest().starts_with('-');
  if (!in.take("+-")) return std::nullopt;
  const auto hours = in.digits(2);
  const bool whole_hours = loose && in.done();
  if (!hours || (!in.take(":") && !loose)) return std::nullopt;
  const auto minutes = whole_hours ? std::optional<int>(0) : in.digits(2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

/// `loose`: as parse_utc takes it.
inline std::optional<Time> parse_time(std::string_view text, bool loose) {
  TimeReader in(text);
  const auto year = in.digits(4);
  if (!year || !in.take("-")) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.take("-")) return std::nullopt;
  const auto day = in.digits(2);
  if (!day) return std::nullopt;
  const auto date = day_of(*year, *month, *day);
  if (!date) return std::nullopt;
  if (in.done()) return loose ? date : std::nullopt;
  if (!in.take("Tt ")) return std::nullopt;
  const auto clock = read_clock(in, loose);
  if (!clock) return std::nullopt;
  if (in.done()) return loose ? std::optional<Time>(*date + *clock) : std::nullopt;
  const auto zone = read_zone(in, loose);
  if (!zone || !in.done()) return std::nullopt;
  return *date + *clock - *zone;
}

}  // namespace detail

inline std::string to_rfc3339_ms(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> text{};  // the longest form within years 0 to 9999 has 24 characters
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

inline std::string to_rfc3339(Time time) {
  std::string text = to_rfc3339_ms(time);
  constexpr std::string_view no_milliseconds = ".000Z";
  if (text.ends_with(no_milliseconds))
    text.replace(text.size() - no_milliseconds.size(), no_milliseconds.size(), "Z");
  return text;
}

inline std::optional<Time> parse_rfc3339(std::string_view text) { return detail::parse_time(text, false); }
inline std::optional<Time> parse_utc(std::string_view text) { return detail::parse_time(text, true); }

inline std::optional<Time> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto comma = text.find(", ");
  if (comma != 3) return std::nullopt;
  detail::TimeReader in(text.substr(comma + 2));
  const auto day = in.digits(2);
  if (!day || !in.take(" ")) return std::nullopt;
  int month = 0;
  for (std::size_t i = 0; i < months.size() && month == 0; ++i)
    if (in.word(months[i])) month = static_cast<int>(i) + 1;
  if (month == 0 || !in.take(" ")) return std::nullopt;
  const auto year = in.digits(4);
  if (!year || !in.take(" ")) return std::nullopt;
  const auto clock = detail::read_clock(in, false);
  const auto date = detail::day_of(*year, month, *day);
  if (!clock || !date || !in.word(" GMT") || !in.done()) return std::nullopt;
  return *date + *clock;
}

}  // namespace waggle
