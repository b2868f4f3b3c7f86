// CodeSet: the characters a class of a regular expression names, and what JavaScript's `i` flag makes of
// them. Used while a pattern is translated; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace waggle::jsonata {

class CodeSet {
 public:
  void add(std::uint32_t code) { add(code, code); }
  void add(std::uint32_t first, std::uint32_t last) { ranges_.push_back({first, last}); }
  bool empty() const { return ranges_.empty(); }
  /// Adds every character that JavaScript takes for the same without the u flag: same upper case, when that
  /// is one UTF-16 unit and does not lead from outside ASCII into it. So k is not the Kelvin sign, nor s the
  /// long s.
  void ignore_case();
  /// Sorts and joins the ranges.
  void normalise();
  /// For between [ and ] of PCRE2.
  std::string text() const;
  /// The one character in it, or -1.
  std::int64_t single() const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;
};

/// The character as PCRE2 reads it anywhere, inside brackets and outside.
void append_literal(std::string& out, std::uint32_t code);

}  // namespace waggle::jsonata
