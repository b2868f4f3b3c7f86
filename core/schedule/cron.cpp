#include "core/schedule/cron.hpp"

#include <array>
#include <bit>
#include <cctype>
#include <string>
#include <vector>

namespace waggle::schedule {
namespace {

using namespace std::chrono;

struct FieldRule {
  std::string_view name;
  int min, max;
  std::string_view names;  ///< three letters each, from `first_name` on
  int first_name = 0;
};

constexpr std::array<FieldRule, 5> field_rules = {{
    {"minute", 0, 59, "", 0},
    {"hour", 0, 23, "", 0},
    {"day", 1, 31, "", 0},
    {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", 1},
    {"weekday", 0, 7, "sunmontuewedthufrisat", 0},  // 7 is Sunday too
}};

struct Nickname {
  std::string_view word, fields;
};
constexpr Nickname nicknames[] = {
    {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
};

/// A rule for 29 February on a Sunday may wait for 40 years, over a year like 2100.
constexpr int max_years_ahead = 45;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// Reads one of the five fields into bits.
class FieldParser {
 public:
  FieldParser(const FieldRule& rule, std::string_view text) : rule_(rule), text_(text) {}

  Result<std::uint64_t> parse() {
    std::uint64_t bits = 0;
    for (std::string_view part : split(text_, ",")) {
      WAGGLE_TRY(std::uint64_t more, parse_part(part));
      bits |= more;
    }
    if (rule_.name == "weekday" && (bits & 1u << 7) != 0) bits = (bits | 1u) & 0x7F;
    return bits;
  }

 private:
  Error wrong(std::string message) const {
    return invalid(
        "cron field `" + std::string(rule_.name) + "` (" + std::string(text_) + "): " + std::move(message),
        "bad_cron");
  }

  std::string range() const {
    return std::to_string(rule_.min) + " to " + std::to_string(rule_.max) +
           (rule_.names.empty() ? "" : " or names like " + std::string(rule_.names.substr(0, 3)));
  }

  Result<std::uint64_t> parse_part(std::string_view part) {
    std::size_t slash = part.find('/');
    std::string_view base = part.substr(0, slash);
    int low = rule_.min, high = rule_.max, step = 1;
    if (base != "*") {
      std::size_t dash = base.find('-');
      WAGGLE_TRY(low, value(base.substr(0, dash)));
      high = low;
      if (dash != std::string_view::npos) {
        WAGGLE_TRY(high, value(base.substr(dash + 1)));
        if (rule_.name == "weekday" && high == 0 && low > 0) high = 7;  // fri-sun
      } else if (slash != std::string_view::npos) {
        high = rule_.max;  // 5/15: from 5 on
      }
    } else if (rule_.name == "weekday") {
      high = 6;  // so that */2 counts Sunday once
    }
    if (low > high)
      return wrong("the range " + std::string(base) +
                   " runs backwards; write two parts with a comma between them");
    if (slash != std::string_view::npos) {
      auto number = digits(part.substr(slash + 1));
      if (!number || *number < 1 || *number > rule_.max)
        return wrong("the step behind / must be a number from 1 to " + std::to_string(rule_.max));
      step = *number;
    }
    std::uint64_t bits = 0;
    for (int i = low; i <= high; i += step) bits |= std::uint64_t{1} << i;
    return bits;
  }

  static std::optional<int> digits(std::string_view text) {
    if (text.empty() || text.size() > 4) return std::nullopt;
    int number = 0;
    for (char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + (c - '0');
    }
    return number;
  }

  Result<int> value(std::string_view text) {
    if (text.empty()) return wrong("a value is missing; write " + range());
    if (auto number = digits(text)) {
      if (*number < rule_.min || *number > rule_.max)
        return wrong(std::string(text) + " is out of range; write " + range());
      return *number;
    }
    std::string name = lower(text);
    std::size_t at = name.size() == 3 ? rule_.names.find(name) : std::string_view::npos;
    if (at != std::string_view::npos && at % 3 == 0) return rule_.first_name + static_cast<int>(at / 3);
    if (text == "?") return wrong("`?` is not known; write *");
    if (text.find_first_of("LW#") != std::string_view::npos && rule_.names.find(name.substr(0, 3)) != 0)
      return wrong(
          "L, W and # are not supported; for the last day of a month run daily and filter in the flow");
    return wrong("`" + std::string(text) + "` is not understood; write " + range());
  }

  const FieldRule& rule_;
  std::string_view text_;
};

Result<std::string_view> expand_nickname(std::string_view text) {
  std::string word = lower(text);
  for (const Nickname& nickname : nicknames)
    if (nickname.word == word) return nickname.fields;
  if (word == "@reboot") return invalid("@reboot is no time; a schedule runs by the clock only", "bad_cron");
  return invalid(
      "cron `" + std::string(text) +
          "` is not known; there are @hourly, @daily, @weekly, @monthly and @yearly, or five fields",
      "bad_cron");
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  std::vector<std::string_view> fields;
  for (std::string_view part : split(text, " \t"))
    if (!part.empty()) fields.push_back(part);
  if (fields.size() == 1 && fields[0].front() == '@') {
    WAGGLE_TRY(std::string_view expanded, expand_nickname(fields[0]));
    fields = split(expanded, " ");
  }
  if (fields.size() != 5)
    return invalid("cron has five fields (minute hour day month weekday), but `" + std::string(text) +
                       "` has " + std::to_string(fields.size()) +
                       (fields.size() == 6 ? "; seconds are not supported, leave the first field out" : ""),
                   "bad_cron");
  Cron cron;
  std::array<std::uint64_t*, 5> bits = {&cron.minutes_, &cron.hours_, &cron.days_, &cron.months_,
                                        &cron.weekdays_};
  for (std::size_t i = 0; i < 5; ++i) {
    WAGGLE_TRY(*bits[i], FieldParser(field_rules[i], fields[i]).parse());
  }
  cron.days_free_ = fields[2].find('*') != std::string_view::npos;
  cron.weekdays_free_ = fields[4].find('*') != std::string_view::npos;
  if (!cron.first_from(0))
    return invalid("cron `" + std::string(text) + "` never comes: no month of the list has such a day",
                   "bad_cron");
  return cron;
}

bool Cron::matches(year_month_day date) const {
  bool day = (days_ >> static_cast<unsigned>(date.day()) & 1) != 0;
  bool weekday_ok = (weekdays_ >> weekday(sys_days(date)).c_encoding() & 1) != 0;
  // crontab(5): when neither field has a star, either is enough.
  return days_free_ || weekdays_free_ ? day && weekday_ok : day || weekday_ok;
}

std::optional<LocalMinutes> Cron::first_from(LocalMinutes from) const {
  auto start = sys_time<minutes>(minutes(from));
  sys_days day = floor<days>(start);
  int hour = static_cast<int>((start - day) / hours(1)),
      minute = static_cast<int>((start - day) % hours(1) / minutes(1));
  const year last_year = year_month_day(day).year() + years(max_years_ahead);
  while (true) {
    year_month_day date(day);
    if (date.year() > last_year) return std::nullopt;
    if ((months_ >> static_cast<unsigned>(date.month()) & 1) == 0) {
      day = (date.year() / date.month() / 1) + months(1);
      hour = minute = 0;
      continue;
    }
    if (matches(date)) {
      for (; hour < 24; ++hour, minute = 0) {
        if ((hours_ >> hour & 1) == 0) continue;
        std::uint64_t rest = minutes_ >> minute;
        if (rest == 0) continue;
        minute += std::countr_zero(rest);
        return (day.time_since_epoch() + hours(hour)) / minutes(1) + minute;
      }
    }
    day += days(1);
    hour = minute = 0;
  }
}

}  // namespace waggle::schedule
