#include "flows/jsonata/number_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace waggle::jsonata {

Digits shortest_digits(double value) {
  Digits result{};
  result.negative = std::signbit(value);
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific).ptr;
  char* p = text;
  for (; p < end && *p != 'e'; ++p)
    if (*p != '.') result.digits[result.count++] = *p;
  int exponent = 0;
  if (p < end) std::from_chars(p[1] == '+' ? p + 2 : p + 1, end, exponent);
  result.point = exponent + 1;
  return result;
}

namespace {

constexpr double largest_exact_integer = 1e15;

std::size_t write_digits(char* out, const Digits& d) {
  char* p = out;
  if (d.negative) *p++ = '-';
  if (d.point > 21 || d.point < -5) {
    *p++ = d.digits[0];
    if (d.count > 1) {
      *p++ = '.';
      std::memcpy(p, d.digits + 1, d.count - 1);
      p += d.count - 1;
    }
    *p++ = 'e';
    if (d.point - 1 > 0) *p++ = '+';
    return std::to_chars(p, p + 8, d.point - 1).ptr - out;
  }
  if (d.point <= 0) {
    *p++ = '0';
    *p++ = '.';
    for (int i = d.point; i < 0; ++i) *p++ = '0';
    std::memcpy(p, d.digits, d.count);
    return p + d.count - out;
  }
  for (int i = 0; i < d.point; ++i) *p++ = i < d.count ? d.digits[i] : '0';
  if (d.count > d.point) {
    *p++ = '.';
    std::memcpy(p, d.digits + d.point, d.count - d.point);
    p += d.count - d.point;
  }
  return p - out;
}

}  // namespace

std::size_t write_number(char* out, double value) {
  if (std::fabs(value) < largest_exact_integer) {
    auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value)
      return std::to_chars(out, out + max_number_text, whole).ptr - out;
  }
  if (!std::isfinite(value)) {
    std::string_view word = std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    std::memcpy(out, word.data(), word.size());
    return word.size();
  }
  return write_digits(out, shortest_digits(value));
}

void append_number(std::string& out, double value) {
  char text[max_number_text];
  out.append(text, write_number(text, value));
}

double round_to_15_digits(double value) {
  if (!std::isfinite(value) || value == std::trunc(value)) return value;
  if (shortest_digits(value).count <= 15) return value;
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 14).ptr;
  double rounded = value;
  std::from_chars(text, end, rounded);
  return rounded;
}

/// Plain decimals of up to 15 digits: both the digits and the power of ten are exact doubles, so one division
/// rounds right (Clinger 1990). False for all others.
bool parse_plain_decimal(std::string_view text, double& out) {
  constexpr double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  constexpr std::size_t longest = 17;  // sign, 15 digits, point
  if (text.size() > longest) return false;
  bool negative = !text.empty() && text[0] == '-';
  std::int64_t mantissa = 0;
  int digits = 0, fraction = -1;
  for (std::size_t i = negative; i < text.size(); ++i) {
    char c = text[i];
    if (c >= '0' && c <= '9') {
      mantissa = mantissa * 10 + (c - '0');
      ++digits;
      if (fraction >= 0) ++fraction;
    } else if (c == '.' && fraction < 0 && digits > 0) {
      fraction = 0;
    } else {
      return false;
    }
  }
  if (digits == 0 || digits > 15 || fraction == 0) return false;
  double value = static_cast<double>(mantissa) / powers[fraction > 0 ? fraction : 0];
  out = negative ? -value : value;
  return true;
}

double parse_number(std::string_view text) {
  if (double quick; parse_plain_decimal(text, quick)) return quick;
  double value = std::numeric_limits<double>::quiet_NaN();
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::numeric_limits<double>::quiet_NaN();
  if (error == std::errc::result_out_of_range) {
    // from_chars leaves the value alone; a negative exponent means too small, otherwise too large.
    bool negative = !text.empty() && text[0] == '-';
    std::size_t e = text.find_first_of("eE");
    bool tiny = e != std::string_view::npos ? text[e + 1] == '-' : text.find('.') != std::string_view::npos;
    double magnitude = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    return negative ? -magnitude : magnitude;
  }
  return value;
}

}  // namespace waggle::jsonata
