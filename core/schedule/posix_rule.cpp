#include "core/schedule/posix_rule.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace waggle::schedule {
namespace {

using namespace std::chrono;

/// A day of the year, in one of the three notations, and the second of the day (may be negative or beyond the
/// day).
struct DayRule {
  char kind = 'M';  ///< M: month.week.weekday   J: 1..365 without 29 February   N: 0..365 with it
  int month = 0, week = 0, day = 0;
  int second = 2 * 3600;
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<int> number(int max) {
    std::size_t start = at_;
    int value = 0;
    while (!done() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - start < 4)
      value = value * 10 + (text_[at_++] - '0');
    if (at_ == start || value > max) return std::nullopt;
    return value;
  }
  bool name() {
    std::size_t start = at_;
    if (take('<')) {
      while (!done() && text_[at_] != '>') ++at_;
      return take('>');
    }
    while (!done() && std::isalpha(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ - start >= 3;
  }
  /// [+-]hh[:mm[:ss]] in seconds
  std::optional<int> clock() {
    int sign = take('-') ? -1 : (take('+'), 1);
    auto hours = number(167);
    if (!hours) return std::nullopt;
    int seconds = *hours * 3600;
    for (int unit : {60, 1}) {
      if (!take(':')) break;
      auto part = number(59);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return sign * seconds;
  }
  std::optional<DayRule> day() {
    DayRule rule;
    if (take('M')) {
      auto month = number(12);
      if (!month || !take('.')) return std::nullopt;
      auto week = number(5);
      if (!week || !take('.')) return std::nullopt;
      auto day = number(6);
      if (!day || *month < 1 || *week < 1) return std::nullopt;
      rule.month = *month, rule.week = *week, rule.day = *day;
    } else {
      rule.kind = take('J') ? 'J' : 'N';
      auto day = number(365);
      if (!day) return std::nullopt;
      rule.day = *day;
    }
    if (take('/')) {
      auto second = clock();
      if (!second) return std::nullopt;
      rule.second = *second;
    }
    return rule;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Local seconds since 1970 of the rule in a year.
std::int64_t local_seconds(const DayRule& rule, int in_year) {
  sys_days day;
  if (rule.kind == 'M') {
    auto in_month = year(in_year) / month(static_cast<unsigned>(rule.month));
    weekday on(static_cast<unsigned>(rule.day));
    day = rule.week == 5 ? sys_days(in_month / on[last])  // 5 means the last one
                         : sys_days(in_month / on[static_cast<unsigned>(rule.week)]);
  } else {
    sys_days new_year = year(in_year) / January / 1;
    bool past_leap_day = rule.kind == 'J' && rule.day >= 60 && year(in_year).is_leap();
    day = new_year + days(rule.kind == 'J' ? rule.day - 1 + (past_leap_day ? 1 : 0) : rule.day);
  }
  return duration_cast<seconds>(day.time_since_epoch()).count() + rule.second;
}

}  // namespace

Result<ExpandedRule> expand_rule(std::string_view rule, int first_year, int last_year) {
  auto bad = [&] {
    return invalid("the zone's rule is not understood: " + std::string(rule), "damaged_zone");
  };
  RuleReader reader(rule);
  ExpandedRule out;
  if (!reader.name()) return bad();
  auto west = reader.clock();
  if (!west) return bad();
  out.standard_offset = -*west;
  if (reader.done()) return out;

  if (!reader.name()) return bad();
  std::int32_t summer_offset = out.standard_offset + 3600;
  if (!reader.take(',')) {
    auto summer_west = reader.clock();
    if (!summer_west || !reader.take(',')) return bad();
    summer_offset = -*summer_west;
  }
  auto start = reader.day();
  if (!start || !reader.take(',')) return bad();
  auto end = reader.day();
  if (!end || !reader.done()) return bad();
  for (int year = first_year; year <= last_year; ++year) {
    out.changes.push_back({local_seconds(*start, year) - out.standard_offset, summer_offset});
    out.changes.push_back({local_seconds(*end, year) - summer_offset, out.standard_offset});
  }
  std::stable_sort(out.changes.begin(), out.changes.end(), [](auto& a, auto& b) { return a.at < b.at; });
  return out;
}

}  // namespace waggle::schedule
