// Amounts of an entry: exact decimals (never a double) read from text, rounded where a flow asks for it, and
// shown. Any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <waggle/decimal.hpp>
#include <waggle/result.hpp>

namespace waggle::books {

/// Digits before and behind the point: more than any book has, and hledger and ledger keep them exactly.
inline constexpr std::size_t most_integer_digits = 18;
inline constexpr std::size_t most_places = 12;

/// To that many places, a half away from zero (as on paper).
inline Decimal rounded(const Decimal& amount, std::size_t places) {
  std::string text = amount.to_string();
  const auto point = text.find('.');
  if (point == std::string::npos || text.size() - point - 1 <= places) return amount;
  const bool up = text[point + 1 + places] >= '5';
  text.resize(places == 0 ? point : point + 1 + places);
  Decimal out = Decimal::parse(text).value_or(Decimal());
  if (!up) return out;
  std::string step = places == 0 ? "1" : "0." + std::string(places - 1, '0') + "1";
  if (amount.is_negative()) step.insert(step.begin(), '-');
  return out + Decimal::parse(step).value_or(Decimal());
}

/// "-12.50", "1200"; rounded when `round_to` is not negative. Errors: invalid, when it is no number or has
/// too many digits.
inline Result<Decimal> read_amount(const std::string& text, int round_to) {
  auto amount = Decimal::parse(text);
  if (!amount)
    return invalid("\"" + text + "\" is no amount; write digits with a point, like 1234.50", "bad_amount");
  if (round_to >= 0) amount = rounded(*amount, static_cast<std::size_t>(round_to));
  std::string digits = amount->to_string();
  const auto point = std::min(digits.find('.'), digits.size());
  if (point < digits.size() && digits.size() - point - 1 > most_places) {
    while (digits.ends_with('0') && digits.size() - point - 1 > most_places) digits.pop_back();
    if (digits.size() - point - 1 > most_places)
      return invalid("the amount " + text + " has " + std::to_string(digits.size() - point - 1) +
                         " digits behind the point, which looks like binary rounding; round it, for example "
                         "with round_to: 2",
                     "bad_amount");
    amount = Decimal::parse(digits);
  }
  if (point > most_integer_digits + 1) return invalid("the amount " + text + " is too long", "bad_amount");
  return *amount;
}

/// At least `least` digits behind the point, and as many more as were written.
inline std::string show(const Decimal& amount, std::size_t least, char decimal_mark = '.') {
  std::string text = amount.to_string();
  auto point = text.find('.');
  if (point == std::string::npos && least > 0) {
    point = text.size();
    text += '.';
  }
  while (point != std::string::npos && text.size() - point - 1 < least) text += '0';
  if (point != std::string::npos) text[point] = decimal_mark;
  return text;
}

/// Digits behind the point that people expect: 2, but none for yen and its like, 3 for dinars. Used to add
/// zeros only. Source: ISO 4217 minor units (as of 2026-11).
inline std::size_t usual_places(std::string_view currency) {
  constexpr std::string_view none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
  constexpr std::string_view three = "BHD IQD JOD KWD LYD OMR TND";
  const bool iso = currency.size() == 3 &&
                   std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool symbol = currency == "$" || currency == "\u20ac" || currency == "\u00a3";
  if (!iso) return symbol ? 2 : 0;
  if (none.find(currency) != none.npos) return 0;
  return three.find(currency) != three.npos ? 3 : 2;
}

}  // namespace waggle::books
