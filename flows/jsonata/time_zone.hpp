// Time zones of the IANA database as installed on the machine (/usr/share/zoneinfo), with daylight saving
// time, past and future. Loaded on first use and kept; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::jsonata {

class TimeZone {
 public:
  /// The zone of that name, or nullptr. Names outside the database are refused, so no other file is ever
  /// opened.
  static const TimeZone* find(std::string_view name);

  /// Minutes east of Greenwich at a time (milliseconds since 1970 UTC).
  int offset_minutes(double ms) const { return seconds_at(ms) / 60; }
  /// The time (UTC) at which a clock there shows `local_ms`. A time that is skipped in spring counts from
  /// before the change; one that comes twice in autumn is the first.
  double utc_of_local(double local_ms) const;

 private:
  struct Rule;
  int seconds_at(double ms) const;
  bool load(const std::string& path);
  int from_footer(double seconds) const;

  std::vector<std::int64_t> times_;
  std::vector<int> offsets_;  ///< seconds from times_[i] on
  int first_offset_ = 0;
  std::string footer_;  ///< POSIX TZ rule for what follows the last change
};

}  // namespace waggle::jsonata
