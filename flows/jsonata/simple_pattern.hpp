// Simple patterns: regular expressions that need no backtracking, such as ^[A-Z]{2}-[0-9]+$ or [ \t]+, run
// over ASCII text without the general machine. Part of Regex; immutable after compile(), any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace waggle::jsonata {

class SimplePattern {
 public:
  /// Longer texts go to the general machine, whose work is bounded by its own counters.
  static constexpr std::size_t longest_subject = 512;

  /// Nothing when the pattern has groups, alternatives, assertions other than ^ at the start and $ at the
  /// end, lazy quantifiers, non-ASCII characters, or a repetition that would have to give characters back.
  static std::optional<SimplePattern> compile(std::string_view pattern, std::string_view flags);

  struct Found {
    std::size_t start, end;
    bool matched;
    std::size_t steps;  ///< characters looked at, to be charged for
  };
  /// First match at or behind `from`. `subject` must be ASCII.
  Found find(std::string_view subject, std::size_t from) const;

 private:
  struct Atom {
    std::array<bool, 128> accepts{};
    std::uint32_t least = 1, most = 1;
  };
  class Reader;
  bool is_deterministic() const;
  /// End of the match that starts at `at`, or npos.
  std::size_t match_at(std::string_view subject, std::size_t at, std::size_t& steps) const;

  std::vector<Atom> atoms_;
  bool at_start_ = false, at_end_ = false;
};

}  // namespace waggle::jsonata
