// Included by decimal.hpp alone.
#pragma once

#include <algorithm>
#include <charconv>

#include <waggle/decimal.hpp>

namespace waggle {
namespace detail {

/// Digits without leading zeros, but at least `least` of them.
inline std::string trimmed(std::string digits, std::size_t least) {
  const auto first = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, std::min(first, digits.size() - std::min(least, digits.size())));
  return digits;
}

/// Both have the same number of digits.
inline std::string add_digits(std::string a, const std::string& b) {
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int digit = (a[i] - '0') + (b[i] - '0') + carry;
    a[i] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  return carry > 0 ? "1" + a : a;
}

/// a - b; a >= b, and both have the same number of digits.
inline std::string subtract_digits(std::string a, const std::string& b) {
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    int digit = (a[i] - '0') - (b[i] - '0') - borrow;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    a[i] = static_cast<char>('0' + digit);
  }
  return a;
}

}  // namespace detail

inline std::optional<Decimal> Decimal::parse(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  Decimal out;
  out.negative_ = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  int exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != text.npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, problem] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (problem != std::errc{} || end != power.data() + power.size()) return std::nullopt;
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  out.digits_ = text.substr(0, dot);
  if (dot != text.npos) out.digits_ += text.substr(dot + 1);
  const bool only_digits =
      std::all_of(out.digits_.begin(), out.digits_.end(), [](char c) { return c >= '0' && c <= '9'; });
  constexpr int limit = static_cast<int>(digits_limit);
  if (out.digits_.empty() || !only_digits || out.digits_.size() > digits_limit || exponent > limit ||
      exponent < -limit)
    return std::nullopt;
  const int places = (dot == text.npos ? 0 : static_cast<int>(text.size() - dot - 1)) - exponent;
  if (places < 0) out.digits_.append(static_cast<std::size_t>(-places), '0');
  out.places_ = static_cast<std::size_t>(std::max(places, 0));
  if (out.digits_.size() <= out.places_) out.digits_.insert(0, out.places_ + 1 - out.digits_.size(), '0');
  out.digits_ = detail::trimmed(std::move(out.digits_), out.places_ + 1);
  if (out.digits_.size() > digits_limit) return std::nullopt;
  return out;
}

inline std::string Decimal::to_string() const {
  std::string out = digits_;
  if (places_ > 0) out.insert(out.size() - places_, 1, '.');
  return is_negative() ? "-" + out : out;
}

inline Decimal Decimal::operator-() const {
  Decimal out = *this;
  out.negative_ = !negative_;
  return out;
}

inline Decimal Decimal::with_places(std::size_t places) const {
  Decimal out = *this;
  if (places > places_) out.digits_.append(places - places_, '0');
  out.places_ = std::max(places, places_);
  return out;
}

inline Decimal Decimal::sum(const Decimal& a, const Decimal& b) {
  Decimal x = a.with_places(b.places_), y = b.with_places(a.places_);
  const std::size_t width = std::max(x.digits_.size(), y.digits_.size());
  x.digits_.insert(0, width - x.digits_.size(), '0');
  y.digits_.insert(0, width - y.digits_.size(), '0');
  if (x.negative_ == y.negative_) {
    x.digits_ = detail::add_digits(std::move(x.digits_), y.digits_);
  } else {
    if (x.digits_ < y.digits_) std::swap(x, y);
    x.digits_ = detail::subtract_digits(std::move(x.digits_), y.digits_);
  }
  x.digits_ = detail::trimmed(std::move(x.digits_), x.places_ + 1);
  return x;
}

inline std::strong_ordering Decimal::order(const Decimal& a, const Decimal& b) {
  const Decimal difference = sum(a, -b);
  if (difference.is_zero()) return std::strong_ordering::equal;
  return difference.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace waggle
