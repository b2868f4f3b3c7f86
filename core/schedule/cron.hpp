// Cron: five fields that say at which minutes something happens. Used by Schedule; plain data, any thread.
// Fields and their meaning are those of Debian's crontab(5) (read 2026-11); L, W, # and seconds are refused
// with a hint.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <waggle/result.hpp>

namespace waggle::schedule {

/// Minutes of a local calendar, without zone: minutes since 1970-01-01 00:00 local.
using LocalMinutes = std::int64_t;

class Cron {
 public:
  /// `minute hour day month weekday`, names in English, ranges, lists, steps; @hourly @daily @weekly @monthly
  /// @yearly. Errors: invalid: names the field, what is wrong and what to write; also for a date that never
  /// comes (30 February).
  static Result<Cron> parse(std::string_view text);

  /// The first matching minute at or after `from`; nullopt when there is none within a lifetime.
  std::optional<LocalMinutes> first_from(LocalMinutes from) const;

  /// Whether it wants every hour of its days. Such a rule means "as hours pass": when clocks are set back it
  /// also runs in the repeated hour, as in crontab(5). Any other names times of day, each of which happens
  /// once.
  bool every_hour() const { return hours_ == 0xFFFFFF; }

 private:
  bool matches(std::chrono::year_month_day date) const;

  std::uint64_t minutes_ = 0;  // bit n = value n, as below
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;  // 0 = Sunday
  bool days_free_ = false;      // the field has a `*`
  bool weekdays_free_ = false;
};

}  // namespace waggle::schedule
