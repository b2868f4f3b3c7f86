// Function signatures such as <s-n?:s>: which arguments a function takes, whether the context stands in for a
// missing one, and which single values become arrays. Compiled once; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

class Context;

struct Signature {
  struct Parameter {
    char type = 0;              ///< s n b l o a f j x, or ( for a choice
    std::uint16_t accepts = 0;  ///< bits of symbols
    std::uint16_t context_accepts = 0;
    bool optional = false, lazy = false, many = false, context = false;
    std::string subtype = {};  ///< a<n>: "n"
  };
  std::vector<Parameter> parameters;
  std::uint32_t size() const { return static_cast<std::uint32_t>(parameters.size()); }

  /// `text` with its angle brackets. Throws Fault; its `start` is the offset within `text`.
  static Signature parse(std::string_view text);
  /// True when the arguments are exactly what the function gets: nothing to fill in, nothing to wrap.
  bool fits(const Value* arguments, std::uint32_t count) const;
  /// Checks `arguments` and writes what the function gets to `out` (at most `capacity`); returns how many.
  /// Throws Fault.
  std::uint32_t validate(const Value* arguments, std::uint32_t count, Value input, Context& context,
                         Value* out, std::uint32_t capacity) const;
};

/// The letter of a value's type in signatures: s n b l o a f, m for missing.
char type_symbol(Value value);

/// Longest argument list after validation; the reference has no bound, nobody writes more.
inline constexpr std::uint32_t max_arguments = 64;

}  // namespace waggle::jsonata
