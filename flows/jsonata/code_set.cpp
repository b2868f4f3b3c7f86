// Letter case in regular expressions: ECMA-262 22.2.2.7.3 Canonicalize, without the u flag (read 2026-11).
#include "flows/jsonata/code_set.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "flows/jsonata/case_table.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::uint32_t ascii_end = 0x80, units_end = 0x10000;

/// Letters beyond ASCII that are the same when case does not count; each letter with all of its kind.
using Kin = std::map<std::uint32_t, std::vector<std::uint32_t>>;

Kin make_kin() {
  Kin by_upper, kin;
  for (const CaseRun& run : runs_to_upper()) {
    for (std::uint32_t c = run.first; c <= run.last; c += static_cast<std::uint32_t>(run.step)) {
      auto upper = static_cast<std::uint32_t>(static_cast<std::int64_t>(c) + run.distance);
      if (c < ascii_end || upper < ascii_end || c >= units_end || upper >= units_end) continue;
      by_upper[upper].push_back(c);
    }
  }
  for (auto& [upper, letters] : by_upper) {
    letters.push_back(upper);
    for (std::uint32_t letter : letters) kin[letter] = letters;
  }
  return kin;
}

}  // namespace

void CodeSet::ignore_case() {
  static const Kin kin = make_kin();
  normalise();
  std::size_t given = ranges_.size();
  for (std::size_t i = 0; i < given; ++i) {
    auto [first, last] = ranges_[i];
    for (std::uint32_t c = first; c <= std::min(last, ascii_end - 1); ++c)
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) add(c ^ 0x20);
    for (auto letter = kin.lower_bound(first); letter != kin.end() && letter->first <= last; ++letter)
      for (std::uint32_t same : letter->second)
        if (same < first || same > last) add(same);
  }
  normalise();
}

void CodeSet::normalise() {
  std::sort(ranges_.begin(), ranges_.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    if (kept > 0 && ranges_[i].first <= ranges_[kept - 1].second + 1) {
      ranges_[kept - 1].second = std::max(ranges_[kept - 1].second, ranges_[i].second);
    } else {
      ranges_[kept++] = ranges_[i];
    }
  }
  ranges_.resize(kept);
}

std::string CodeSet::text() const {
  std::string out;
  for (auto [first, last] : ranges_) {
    append_literal(out, first);
    if (last == first) continue;
    if (last > first + 1) out += '-';
    append_literal(out, last);
  }
  return out;
}

std::int64_t CodeSet::single() const {
  return ranges_.size() == 1 && ranges_[0].first == ranges_[0].second ? std::int64_t{ranges_[0].first} : -1;
}

void append_literal(std::string& out, std::uint32_t code) {
  bool plain = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
  if (plain) {
    out += static_cast<char>(code);
    return;
  }
  char text[16];
  std::snprintf(text, sizeof text, "\\x{%x}", static_cast<unsigned>(code));
  out += text;
}

}  // namespace waggle::jsonata
