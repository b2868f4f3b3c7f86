// Zone: an IANA time zone, read from the system's compiled zone files (TZif). Used by schedules; immutable,
// any thread. Depends on the SDK's Result alone.
//
// Why a reader of our own: the zone library in Debian 12 (libhowardhinnant-date) ignores the rule at a zone
// file's end. With the "slim" files that most systems ship, its zones have no daylight saving after 2007 or
// so, silently.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <waggle/result.hpp>

namespace waggle::schedule {

constexpr std::string_view system_zone_dir = "/usr/share/zoneinfo";
/// The yearly rule at a file's end is written out up to this year; later instants keep the last offset.
constexpr int last_rule_year = 2150;

class Zone {
 public:
  /// Errors: invalid: no such zone (with the nearest name), no zone files on this machine, file damaged.
  static Result<std::shared_ptr<const Zone>> load(std::string_view name,
                                                  const std::string& dir = std::string(system_zone_dir));
  /// From the bytes of a TZif file. Errors: invalid (damaged; says what).
  static Result<std::shared_ptr<const Zone>> from_tzif(std::string name, std::string_view bytes);
  static std::shared_ptr<const Zone> utc();

  const std::string& name() const { return name_; }

  /// A stretch of time with one offset: Unix seconds, begin included, end not.
  struct Stretch {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int32_t offset = 0;  ///< local time minus UTC, in seconds
  };
  /// The stretch that holds the instant. The first begins at the lowest number, the last ends at the highest.
  Stretch at(std::int64_t utc_seconds) const;
  std::int32_t offset_at(std::int64_t utc_seconds) const { return at(utc_seconds).offset; }

 private:
  struct Change {
    std::int64_t at;
    std::int32_t offset;  ///< from `at` on
  };
  friend class TzifReader;

  std::string name_;
  std::int32_t first_offset_ = 0;
  std::vector<Change> changes_;  ///< ascending; neighbours differ in offset
};

}  // namespace waggle::schedule
