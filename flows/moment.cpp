#include "flows/moment.hpp"

#include <cctype>
#include <chrono>

namespace waggle::flows {
namespace {

/// Reads exactly `count` digits at the front of `text`.
bool take_digits(std::string_view& text, std::size_t count, int& value) {
  if (text.size() < count) return false;
  value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text, std::chrono::sys_days& days) {
  int year = 0, month = 0, day = 0;
  if (!take_digits(text, 4, year) || !take(text, '-') || !take_digits(text, 2, month) || !take(text, '-') ||
      !take_digits(text, 2, day))
    return false;
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  days = std::chrono::sys_days(date);
  return date.ok();
}

bool take_time(std::string_view& text, std::int64_t& ms) {
  int hour = 0, minute = 0, second = 0;
  if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) return false;
  if (take(text, ':') && !take_digits(text, 2, second)) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  ms = ((hour * 60 + minute) * 60 + second) * 1000LL;
  if (!take(text, '.')) return true;
  int scale = 100;
  if (text.empty() || !std::isdigit(static_cast<unsigned char>(text.front()))) return false;
  for (; !text.empty() && std::isdigit(static_cast<unsigned char>(text.front()));
       text.remove_prefix(1), scale /= 10)
    ms += scale * (text.front() - '0');
  return true;
}

bool take_zone(std::string_view& text, std::int64_t& offset_ms) {
  offset_ms = 0;
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return text.empty();
  bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return false;
  int hour = 0, minute = 0;
  if (!take_digits(text, 2, hour)) return false;
  take(text, ':');
  if (!text.empty() && !take_digits(text, 2, minute)) return false;
  offset_ms = (hour * 60 + minute) * 60'000LL * (west ? -1 : 1);
  return text.empty() && hour < 24 && minute < 60;
}

}  // namespace

std::optional<std::int64_t> parse_moment(std::string_view text) {
  std::chrono::sys_days days;
  if (!take_date(text, days)) return std::nullopt;
  std::int64_t ms = 0, offset = 0;
  if (!text.empty()) {
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
    if (!take_time(text, ms) || !take_zone(text, offset)) return std::nullopt;
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(days.time_since_epoch()).count() + ms - offset;
}

}  // namespace waggle::flows
