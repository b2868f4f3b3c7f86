// Decimal: an exact decimal number, for money. Never a double, so 0.1 + 0.2 is 0.3 and 100.00 stays 100.00.
// Any thread.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include <waggle/json.hpp>

namespace waggle {

class Decimal {
 public:
  /// A sum of amounts needs tens of digits; a thousand are an attack on whoever adds them.
  static constexpr std::size_t digits_limit = 1000;

  Decimal() = default;  ///< 0
  /// "29.35", "-.5", "+3", "1e3" (spaces around are fine); nullopt for anything else or more than
  /// `digits_limit` digits.
  static std::optional<Decimal> parse(std::string_view text);
  /// Of a JSON number or of a text that holds one.
  static std::optional<Decimal> from(const Json& json) { return parse(json.to_text()); }

  /// Keeps the places behind the point that it was written with: 100.00; a sum has the most of its parts.
  std::string to_string() const;
  Json to_json() const { return Json::number(to_string()); }

  bool is_zero() const { return digits_.find_first_not_of('0') == std::string::npos; }
  bool is_negative() const { return negative_ && !is_zero(); }
  std::size_t places() const { return places_; }  ///< digits behind the point

  Decimal operator-() const;
  friend Decimal operator+(const Decimal& a, const Decimal& b) { return sum(a, b); }
  friend Decimal operator-(const Decimal& a, const Decimal& b) { return sum(a, -b); }
  Decimal& operator+=(const Decimal& other) { return *this = sum(*this, other); }
  Decimal& operator-=(const Decimal& other) { return *this = sum(*this, -other); }
  /// By value: 100.00 == 100.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) { return order(a, b); }
  friend bool operator==(const Decimal& a, const Decimal& b) {
    return order(a, b) == std::strong_ordering::equal;
  }

 private:
  static Decimal sum(const Decimal& a, const Decimal& b);
  static std::strong_ordering order(const Decimal& a, const Decimal& b);
  Decimal with_places(std::size_t places) const;  ///< more places, the same value

  // value = digits_ as an integer / 10^places_; digits_ has more than places_ digits.
  bool negative_ = false;
  std::string digits_ = "0";
  std::size_t places_ = 0;
};

}  // namespace waggle

#include <waggle/detail/decimal.ipp>
