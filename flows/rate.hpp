// Rates as people write them in YAML: 10/min, 5/s, 100/h, 3/5m. Used by the loaders of flows and project
// files; pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::flows {

/// So many in any span of this length.
struct Rate {
  int count = 0;
  std::chrono::milliseconds span{0};

  bool operator==(const Rate&) const = default;
};

/// Each start within the span is remembered by itself, so that the limit holds exactly; more than this in one
/// span is written with a shorter span (100/s, not 8640000/d).
inline constexpr int max_rate_count = 10'000;

/// `10/min`: a count from 1 to max_rate_count, a slash, and s, sec, m, min, h, hour, d, day or a duration of
/// at least 1 ms. nullopt for anything else.
std::optional<Rate> parse_rate(std::string_view text);

/// `10/1m`
std::string to_text(const Rate& rate);

}  // namespace waggle::flows
