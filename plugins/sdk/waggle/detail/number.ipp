// The text of a JSON number: is it one, and do two of them mean the same value? Without doubles, so exact at
// any size.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::detail {

/// Length of the JSON number that `text` begins with; 0 when it begins with none.
inline std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > begin;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0')
    ++at;
  else if (!digits())
    return 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return 0;
  }
  return at;
}

/// value = +-0.DIGITS x 10^point, DIGITS without zeros at either end; zero is "" and point 0.
struct Scientific {
  bool negative = false;
  std::string digits;
  std::int64_t point = 0;

  bool operator==(const Scientific&) const = default;
};

/// `text` must be a JSON number. An exponent beyond int64 is taken as the nearest one that fits.
inline Scientific scientific(std::string_view text) {
  Scientific out;
  if (text.starts_with('-')) {
    out.negative = true;
    text.remove_prefix(1);
  }
  constexpr std::int64_t exponent_limit = INT64_MAX / 4;  // leaves room to add the number of digits
  std::int64_t exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != text.npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, problem] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (problem != std::errc{} || exponent > exponent_limit || exponent < -exponent_limit)
      exponent = power.starts_with('-') ? -exponent_limit : exponent_limit;
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  out.digits = whole;
  if (dot != text.npos) out.digits += text.substr(dot + 1);
  out.point = exponent + static_cast<std::int64_t>(whole.size());
  const auto first = out.digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  out.point -= static_cast<std::int64_t>(first);
  out.digits = out.digits.substr(first, out.digits.find_last_not_of('0') + 1 - first);
  return out;
}

}  // namespace waggle::detail
