#include "flows/jsonata/exact.hpp"

#include <algorithm>
#include <cmath>

#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

namespace {

constexpr int most_digits = 38;
constexpr int quotient_digits = 28;

__int128 power_of_ten(int n) {
  __int128 p = 1;
  while (n-- > 0) p *= 10;
  return p;
}

int digits_of(__int128 n) {
  if (n < 0) n = -n;
  int count = 1;
  while (n >= 10) n /= 10, ++count;
  return count;
}

/// The same value with a larger scale.
bool extend(Exact& x, int scale) {
  int more = scale - x.scale;
  if (more == 0) return true;
  if (more > most_digits || (x.coefficient != 0 && digits_of(x.coefficient) + more > most_digits))
    return false;
  x.coefficient *= power_of_ten(more);
  x.scale = scale;
  return true;
}

bool align(Exact& a, Exact& b) {
  int scale = std::max(a.scale, b.scale);
  return extend(a, scale) && extend(b, scale);
}

/// n / d, rounded.
__int128 rounded_quotient(__int128 n, __int128 d, bool half_up) {
  bool negative = (n < 0) != (d < 0);
  if (n < 0) n = -n;
  if (d < 0) d = -d;
  __int128 quotient = n / d, rest = n % d;
  __int128 missing = d - rest;
  bool up = rest > missing || (rest == missing && (half_up || quotient % 2 != 0));
  if (up) ++quotient;
  return negative ? -quotient : quotient;
}

}  // namespace

std::optional<Exact> Exact::parse(std::string_view text) {
  Exact x;
  bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  int digits = 0, exponent = 0;
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') return {};
    if (x.coefficient != 0 || text[at] != '0') ++digits;
    if (digits > most_digits - 1) return {};
    x.coefficient = x.coefficient * 10 + (text[at] - '0');
    x.scale += point;
  }
  if (at == 0 || (at == 1 && point)) return {};
  if (at < text.size()) {
    double e = parse_number(std::string("0e0").replace(
        0, 3, text.substr(at + (at + 1 < text.size() && text[at + 1] == '+' ? 2 : 1))));
    if (!(std::fabs(e) <= 60) || e != std::trunc(e)) return {};
    exponent = static_cast<int>(e);
  }
  x.scale -= exponent;
  if (x.scale < 0 && !extend(x, 0)) return {};
  if (x.scale > 60) return {};
  if (negative) x.coefficient = -x.coefficient;
  return x;
}

std::optional<Exact> Exact::of(Value number) {
  if (std::string_view source = number.source(); !source.empty()) return parse(source);
  char text[max_number_text];
  return parse({text, write_number(text, number.as_number())});
}

std::string Exact::text() const {
  __int128 n = coefficient < 0 ? -coefficient : coefficient;
  std::string digits;
  do digits += static_cast<char>('0' + static_cast<int>(n % 10));
  while ((n /= 10) > 0);
  while (static_cast<int>(digits.size()) <= scale) digits += '0';
  if (scale > 0) digits.insert(static_cast<std::size_t>(scale), 1, '.');
  if (coefficient < 0) digits += '-';
  return {digits.rbegin(), digits.rend()};
}

Exact Exact::trimmed() const {
  Exact x = *this;
  while (x.scale > 0 && x.coefficient % 10 == 0) {
    x.coefficient /= 10;
    --x.scale;
  }
  return x;
}

Exact Exact::rounded(int places, bool half_up) const {
  if (scale <= places) return *this;
  int drop = scale - places;
  Exact x;
  x.coefficient = drop > most_digits ? 0 : rounded_quotient(coefficient, power_of_ten(drop), half_up);
  x.scale = places;
  if (places < 0) extend(x, 0);
  return x;
}

std::optional<Exact> add(Exact a, Exact b) {
  if (!align(a, b)) return {};
  Exact sum{0, a.scale};
  if (__builtin_add_overflow(a.coefficient, b.coefficient, &sum.coefficient)) return {};
  return digits_of(sum.coefficient) > most_digits ? std::optional<Exact>() : sum;
}

std::optional<Exact> subtract(Exact a, Exact b) {
  b.coefficient = -b.coefficient;
  return add(a, b);
}

std::optional<Exact> multiply(Exact a, Exact b) {
  Exact product{0, a.scale + b.scale};
  if (__builtin_mul_overflow(a.coefficient, b.coefficient, &product.coefficient)) return {};
  if (digits_of(product.coefficient) > most_digits) return {};
  return product;
}

std::optional<Exact> divide(Exact a, Exact b) {
  if (b.coefficient == 0) return {};
  // As many zeros behind the dividend as fit, so that the quotient has enough digits.
  int zeros = std::min(quotient_digits + digits_of(b.coefficient) - digits_of(a.coefficient),
                       most_digits - digits_of(a.coefficient));
  zeros = std::max(zeros, 0);
  Exact quotient;
  quotient.coefficient = rounded_quotient(a.coefficient * power_of_ten(zeros), b.coefficient, false);
  quotient.scale = a.scale - b.scale + zeros;
  if (quotient.scale < 0 && !extend(quotient, 0)) return {};
  return quotient.trimmed();
}

std::optional<Exact> remainder(Exact a, Exact b) {
  if (b.coefficient == 0 || !align(a, b)) return {};
  return Exact{a.coefficient % b.coefficient, a.scale};
}

int compare(Exact a, Exact b) {
  if (!align(a, b)) {
    double x = static_cast<double>(a.coefficient) * std::pow(10, -a.scale),
           y = static_cast<double>(b.coefficient) * std::pow(10, -b.scale);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  return a.coefficient < b.coefficient ? -1 : a.coefficient > b.coefficient ? 1 : 0;
}

}  // namespace waggle::jsonata
