// Exact decimal numbers: an integer of up to 38 digits and a scale. For `numbers: decimal` and for money.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

struct Exact {
  __int128 coefficient = 0;
  int scale = 0;  ///< digits behind the point; value = coefficient / 10^scale

  /// -12.50, 1e3; nothing when the text is no decimal number or has more than 38 digits.
  static std::optional<Exact> parse(std::string_view text);
  /// The digits a number has in its document, or the shortest that mean it.
  static std::optional<Exact> of(Value number);

  std::string text() const;                       ///< with all digits of its scale
  Exact trimmed() const;                          ///< without zeros at the end of the fraction
  Exact rounded(int places, bool half_up) const;  ///< to `places` digits, which may be negative
};

/// Nothing when the result does not fit into 38 digits.
std::optional<Exact> add(Exact a, Exact b);
std::optional<Exact> subtract(Exact a, Exact b);
std::optional<Exact> multiply(Exact a, Exact b);
/// To 28 significant digits, half-even, as most decimal libraries do.
std::optional<Exact> divide(Exact a, Exact b);
std::optional<Exact> remainder(Exact a, Exact b);
/// < 0, 0, > 0.
int compare(Exact a, Exact b);

}  // namespace waggle::jsonata
