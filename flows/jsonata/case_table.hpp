// Tables of letter case; see case_table.cpp. Constant; any thread.
#pragma once

#include <cstdint>
#include <span>

namespace waggle::jsonata {

/// first, first + step, ... last: each letter's other case is `distance` away.
struct CaseRun {
  std::uint32_t first, last;
  int step;
  std::int32_t distance;
};
/// A letter that becomes several, such as ß.
struct CaseSpecial {
  std::uint32_t from;
  std::uint32_t to[3];
};

std::span<const CaseRun> runs_to_upper();
std::span<const CaseSpecial> specials_to_upper();
std::span<const CaseRun> runs_to_lower();
std::span<const CaseSpecial> specials_to_lower();

}  // namespace waggle::jsonata
