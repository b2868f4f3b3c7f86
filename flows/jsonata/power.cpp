// The method and the constants are those of fdlibm's pow (Sun Microsystems, 1993): log2(x) in two parts,
// times y, then 2 to that power. V8 divides by another term in the last step, so its answers are its own; the
// order of the operations matters, and none may be fused (see CMakeLists.txt). Compared with node 20 over 8
// million random pairs.
#include "flows/jsonata/power.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace waggle::jsonata {

namespace {

/// A number and what it lacks.
struct Parts {
  double high, low;
};

std::int32_t upper_word(double x) { return static_cast<std::int32_t>(std::bit_cast<std::uint64_t>(x) >> 32); }
double from_upper_word(std::int32_t word) {
  return std::bit_cast<double>(std::uint64_t{static_cast<std::uint32_t>(word)} << 32);
}
double upper_half(double x) { return from_upper_word(upper_word(x)); }

/// log2(x) for x so near to 1 that three terms of the series are enough.
Parts log2_near_one(double x) {
  constexpr double inverse_ln2 = 1.44269504088896338700, inverse_ln2_high = 1.44269502162933349609,
                   inverse_ln2_low = 1.92596299112661746887e-08;
  double t = x - 1;
  double w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
  double u = inverse_ln2_high * t;
  double v = t * inverse_ln2_low - w * inverse_ln2;
  double high = upper_half(u + v);
  return {high, v - (high - u)};
}

/// log2(x) for x > 0: of its exponent, of 1 or 1.5, and of the rest by a series in (x - c) / (x + c).
Parts log2_of(double x) {
  constexpr double l1 = 5.99999999999994648725e-01, l2 = 4.28571428578550184252e-01,
                   l3 = 3.33333329818377432918e-01, l4 = 2.72728123808534006489e-01,
                   l5 = 2.30660745775561754067e-01, l6 = 2.06975017800338417784e-01;
  constexpr double two_thirds_log2e = 9.61796693925975554329e-01,
                   two_thirds_high = 9.61796700954437255859e-01, two_thirds_low = -7.02846165095275826516e-09;
  constexpr std::int32_t mantissa_bits = 0xFFFFF, below_sqrt_3_halves = 0x3988E, sqrt_3 = 0xBB67A;
  int exponent = 0;
  x = 2 * std::frexp(x, &exponent);
  --exponent;
  std::int32_t mantissa = upper_word(x) & mantissa_bits;
  bool from_1_5 = mantissa > below_sqrt_3_halves && mantissa < sqrt_3;
  if (mantissa >= sqrt_3) {
    ++exponent;
    x /= 2;
  }
  double centre = from_1_5 ? 1.5 : 1.0;
  double log_centre_high = from_1_5 ? 5.84962487220764160156e-01 : 0;
  double log_centre_low = from_1_5 ? 1.35003920212974897128e-08 : 0;

  double u = x - centre, v = 1 / (x + centre);
  double s = u * v, s_high = upper_half(s);
  double sum_high = from_upper_word(((upper_word(x) >> 1) | 0x20000000) + 0x80000 + (from_1_5 ? 0x40000 : 0));
  double sum_low = x - (sum_high - centre);
  double s_low = v * ((u - s_high * sum_high) - s_high * sum_low);
  double s2 = s * s;
  double r = s2 * s2 * (l1 + s2 * (l2 + s2 * (l3 + s2 * (l4 + s2 * (l5 + s2 * l6)))));
  r += s_low * (s_high + s);
  s2 = s_high * s_high;
  double t_high = upper_half(3 + s2 + r), t_low = r - ((t_high - 3) - s2);
  u = s_high * t_high;
  v = s_low * t_high + t_low * s;
  double p_high = upper_half(u + v), p_low = v - (p_high - u);
  double z_high = two_thirds_high * p_high;
  double z_low = two_thirds_low * p_high + p_low * two_thirds_log2e + log_centre_low;
  auto whole = static_cast<double>(exponent);
  double high = upper_half(((z_high + z_low) + log_centre_high) + whole);
  return {high, z_low - (((high - whole) - log_centre_high) - z_high)};
}

/// 2 to the power of high + low.
double exp2_of(double high, double low) {
  constexpr double ln2 = 6.93147180559945286227e-01, ln2_high = 6.93147182464599609375e-01,
                   ln2_low = -1.90465429995776804525e-09;
  constexpr double p1 = 1.66666666666666019037e-01, p2 = -2.77777777770155933842e-03,
                   p3 = 6.61375632143793436117e-05, p4 = -1.65339022054652515390e-06,
                   p5 = 4.13813679705723846039e-08;
  constexpr double overflow_margin = 8.0085662595372944372e-17;  // 1024 less log2 of the largest number
  double z = low + high;
  if (z > 1024 || (z == 1024 && low + overflow_margin > z - high)) return HUGE_VAL;
  if (z < -1075 || (z == -1075 && low <= z - high)) return 0;
  double rough = upper_half(z), whole = std::fabs(rough) > 0.5 ? std::round(rough) : 0;
  high -= whole;
  double t = upper_half(low + high);
  double u = t * ln2_high, v = (low - (t - high)) * ln2 + t * ln2_low;
  z = u + v;
  double w = v - (z - u);
  t = z * z;
  double t1 = z - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  double r = (z * t1) / ((t1 - 2) - (w + z * w));
  return std::ldexp(1 - (r - z), static_cast<int>(whole));
}

}  // namespace

double power_of(double x, double y) {
  if (y == 0) return 1;
  if (y == 1) return x;
  if (y == -1) return 1 / x;
  if (y == 2) return x * x;
  if (y == 0.5 && x > 0) return std::sqrt(x);
  double size = std::fabs(x);
  if (!std::isfinite(x) || !std::isfinite(y) || size == 0 || size == 1) return std::pow(x, y);
  bool whole = std::trunc(y) == y;
  if (x < 0 && !whole) return NAN;
  double sign = x < 0 && std::fabs(std::fmod(y, 2)) == 1 ? -1 : 1;

  constexpr std::int32_t largest_usual = 0x41E00000, largest_useful = 0x43F00000;  // 2^31, 2^64
  constexpr std::int32_t below_one = 0x3FEFFFFF, one = 0x3FF00000;
  std::int32_t y_word = upper_word(std::fabs(y)), x_word = upper_word(size);
  bool is_huge = y_word > largest_usual;
  if (is_huge && (y_word > largest_useful || x_word < below_one || x_word > one))
    return (size < 1) == (y < 0) ? sign * HUGE_VAL : sign * 0;
  Parts log = is_huge ? log2_near_one(size) : log2_of(size);
  double y_high = upper_half(y);
  double low = (y - y_high) * log.high + y * log.low;
  return sign * exp2_of(y_high * log.high, low);
}

}  // namespace waggle::jsonata
