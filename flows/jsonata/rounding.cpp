#include "flows/jsonata/rounding.hpp"

#include <cmath>
#include <string>

#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

namespace {

/// value x 10^places by moving the decimal point of its text, which multiplication cannot do exactly.
double shift(double value, double places) {
  std::string text;
  append_number(text, value);
  std::size_t e = text.find('e');
  double exponent = places;
  if (e != std::string::npos) {
    std::string_view own = std::string_view(text).substr(e + 1);
    if (own[0] == '+') own.remove_prefix(1);
    exponent += parse_number(own);
    text.resize(e);
  }
  text += 'e';
  append_number(text, exponent);
  return parse_number(text);
}

template <class Round>
double at_places(double value, double places, const Round& round) {
  if (!std::isfinite(value)) return value;
  bool shifted = places != 0 && places == places;
  double result = round(shifted ? shift(value, places) : value);
  if (shifted) result = shift(result, -places);
  return result == 0 ? 0 : result;
}

}  // namespace

double round_half_even(double value, double places) {
  return at_places(value, places, [](double x) {
    double below = std::floor(x);
    double rest = x - below;
    if (rest != 0.5) return rest > 0.5 ? below + 1 : below;
    return std::fmod(below, 2) == 0 ? below : below + 1;
  });
}

double round_half_up(double value, double places) {
  return at_places(value, places, [](double x) { return std::copysign(std::floor(std::fabs(x) + 0.5), x); });
}

}  // namespace waggle::jsonata
