// Regular expressions with JavaScript's meaning, run by PCRE2 with a JIT compiler under a match limit. A
// Regex is immutable and shared by threads; matching uses memory of the thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows/jsonata/frame.hpp"
#include "flows/jsonata/simple_pattern.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

class Context;

class Regex {
 public:
  /// `pattern` between the slashes, `flags` of i and m. Throws Fault W1007 when PCRE2 refuses the pattern.
  Regex(std::string_view pattern, std::string_view flags);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  struct Group {
    std::size_t start = npos, end = npos;  ///< bytes; npos: did not take part
  };
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// First match at or behind `from`; groups[0] is the whole. Throws Fault W1004 beyond the limits.
  bool find(Context& context, std::string_view subject, std::size_t from, std::vector<Group>& groups) const;
  /// The same without the groups. `ascii`: the subject is known to hold nothing else.
  bool find_whole(Context& context, std::string_view subject, bool ascii, std::size_t from,
                  Group& whole) const;
  std::string_view pattern() const { return pattern_; }
  std::uint32_t group_count() const { return groups_; }

 private:
  int match(Context& context, std::string_view subject, std::size_t from, void*& data) const;
  std::string pattern_;
  void* code_ = nullptr;
  std::uint32_t groups_ = 0;
  bool jit_ = false;
  std::optional<SimplePattern> simple_;  ///< the fast path of patterns without groups
  unsigned loops_ = 0;                   ///< quantifiers without a small bound: a match may cost length^loops
};

/// The pattern as PCRE2 must read it to mean what JavaScript means.
std::string translate_pattern(std::string_view pattern, std::string_view flags);

/// /x/("text"): an object with match, start, end, groups and next, or undefined.
Value match_once(Context& context, const Function& regex, Value subject, double from_utf16);
Value match_next(Context& context, const Function& next);

/// One match that a built-in works on, from a regular expression or from the expression's own matcher
/// function.
struct Match {
  std::string_view text;           ///< what matched
  std::size_t start = 0, end = 0;  ///< bytes in the subject
  std::vector<Value> groups;       ///< texts; undefined where a group did not take part
  Value object;                    ///< the matcher's own object, if there was one
};

/// Walks over the matches of `matcher` in `subject`.
class Matches {
 public:
  Matches(Context& context, Value matcher, Value subject, Frame* frame);
  /// Throws D1004 for a match of nothing that would repeat for ever.
  bool next(Match& match);
  /// Only where the next match lies; only when the matcher is a regular expression.
  bool next_whole(Regex::Group& whole);
  bool is_ascii() const { return ascii_; }

 private:
  bool next_of_regex(Match& match);
  bool next_of_function(Match& match);
  bool is_over() const { return !first_ && at_ >= subject_.length; }
  void moved_to(const Regex::Group& whole);

  Context& context_;
  Value matcher_;
  Value subject_;
  Frame* frame_;
  std::size_t at_ = 0;
  bool first_ = true;
  bool ascii_;
  Value pending_;  ///< the next function of a matcher's latest object
  std::vector<Regex::Group> groups_;
};

/// Position in UTF-16 units of a byte offset, and back.
std::size_t utf16_offset(std::string_view text, std::size_t bytes);
std::size_t byte_offset(std::string_view text, std::size_t utf16);

}  // namespace waggle::jsonata
