// The rule at the end of a zone file: "CET-1CEST,M3.5.0,M10.5.0/3". Used by Zone only; pure.
// Source: POSIX.1-2017, XBD 8.3 `TZ`, and RFC 9636, 3.3.1 and 3.3.2 (hours of -167 to 167) (read 2026-11)
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>
#include <waggle/result.hpp>

namespace waggle::schedule {

struct RuleChange {
  std::int64_t at;      ///< Unix seconds
  std::int32_t offset;  ///< local minus UTC, from then on, in seconds
};

struct ExpandedRule {
  std::int32_t standard_offset = 0;
  std::vector<RuleChange> changes;  ///< ascending; none when the zone has no daylight saving
};

/// The changes of the years first to last. Errors: invalid (not such a rule).
Result<ExpandedRule> expand_rule(std::string_view rule, int first_year, int last_year);

}  // namespace waggle::schedule
