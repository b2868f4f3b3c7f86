// Numbers and their text as JavaScript writes and reads them. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waggle::jsonata {

inline constexpr std::size_t max_number_text = 32;

/// Number.prototype.toString: shortest digits, exponent from 1e21 and below 1e-6, "-0" is "0". Not for NaN
/// and infinity, which are written as the words. Returns the bytes written to `out` (room for
/// max_number_text).
std::size_t write_number(char* out, double value);
void append_number(std::string& out, double value);

/// $string()'s rule: a number that is not an integer is rounded to 15 significant digits first.
double round_to_15_digits(double value);

/// The whole text as a JSON number; NaN when it is not one. Too large is infinity.
double parse_number(std::string_view text);
/// -?digits(.digits)? of at most 15 digits; false for everything else.
bool parse_plain_decimal(std::string_view text, double& out);

/// A decimal number as digits and a power of ten: value = 0.d1d2d3... x 10^point.
struct Digits {
  char digits[24];
  int count;
  int point;
  bool negative;
};
Digits shortest_digits(double value);

}  // namespace waggle::jsonata
