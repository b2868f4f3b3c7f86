// Additions for money, exact in every mode: $toMinor, $fromMinor, $formatMoney.
#include <array>
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/exact.hpp"

namespace waggle::jsonata {

namespace {

/// Digits behind the point by ISO 4217
/// (https://www.six-group.com/en/products-services/financial-information/data-standards.html, read 2026-11);
/// two for all others.
int minor_digits(std::string_view currency) {
  constexpr std::array<std::string_view, 16> none = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                     "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF"};
  constexpr std::array<std::string_view, 7> three = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  for (std::string_view c : none)
    if (c == currency) return 0;
  for (std::string_view c : three)
    if (c == currency) return 3;
  if (currency == "XPF") return 0;
  return currency == "CLF" || currency == "UYW" ? 4 : 2;
}

std::string_view sign_of(std::string_view currency) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> signs = {{{"EUR", "€"},
                                                                                   {"USD", "$"},
                                                                                   {"GBP", "£"},
                                                                                   {"JPY", "¥"},
                                                                                   {"INR", "₹"},
                                                                                   {"KRW", "₩"},
                                                                                   {"ILS", "₪"},
                                                                                   {"UAH", "₴"}}};
  for (const auto& [code, sign] : signs)
    if (code == currency) return sign;
  return {};
}

std::string currency_of(const Call& call, std::uint32_t index) {
  std::string code(call[index].is_string() ? call[index].as_string() : std::string_view());
  for (char& c : code)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  bool good = code.size() == 3 && code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  if (!good)
    throw fault("W2004")
        .with_value(call[index])
        .with_text(json_for_message(call[index]) +
                   " is not a currency; write its three letters, like \"EUR\"");
  return code;
}

Exact amount_of(Value v) {
  auto amount = v.is_string() ? Exact::parse(v.as_string()) : Exact::of(v);
  if (!amount) throw fault("D3030").with_value(v).with_index(1);
  return *amount;
}

/// A number that keeps all digits of its text, like 19.90.
Value exact_number(Context& context, const Exact& x) {
  std::string_view text = context.arena.copy(x.text());
  Value v = Value::number(0);
  v.flags = flag_source;
  v.length = static_cast<std::uint32_t>(text.size());
  v.text_ = text.data();
  return v;
}

Value to_minor(Call& call) {
  if (!call.has(0)) return {};
  int digits = minor_digits(currency_of(call, 1));
  Exact amount = amount_of(call[0]).rounded(digits, true);
  while (amount.scale < digits) {
    amount.coefficient *= 10;
    ++amount.scale;
  }
  amount.scale = 0;
  return exact_number(call.context, amount);
}

Value from_minor(Call& call) {
  if (!call.has(0)) return {};
  Exact amount = amount_of(call[0]).rounded(0, true);
  amount.scale += minor_digits(currency_of(call, 1));
  return exact_number(call.context, amount);
}

std::string grouped(std::string text, std::string_view grouping, std::string_view decimal) {
  std::size_t point = text.find('.');
  std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
  std::string whole = text.substr(0, point);
  std::string out;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) out += grouping;
    out += whole[i];
  }
  return fraction.empty() ? out : out + std::string(decimal) + fraction;
}

Value format_money(Call& call) {
  if (!call.has(0)) return {};
  std::string currency = currency_of(call, 1);
  int digits = minor_digits(currency);
  Exact amount = amount_of(call[0]).rounded(digits, true);
  while (amount.scale < digits) {
    amount.coefficient *= 10;
    ++amount.scale;
  }
  bool negative = amount.coefficient < 0;
  if (negative) amount.coefficient = -amount.coefficient;
  auto option = [&](std::string_view name, std::string_view otherwise) {
    Value v = call[2].find(name);
    return std::string(v.is_string() ? v.as_string() : otherwise);
  };
  std::string text = grouped(amount.text(), option("grouping", ","), option("decimal", "."));
  std::string sign(sign_of(currency));
  if (sign.empty()) sign = currency + " ";
  return call.context.text((negative ? "-" : "") + sign + text);
}

constexpr Example to_minor_examples[] = {
    {"$toMinor(19.99, 'EUR')", "1999"},  {"$toMinor('29.35', 'USD')", "2935"},
    {"$toMinor(1.005, 'EUR')", "101"},   {"$toMinor(500, 'JPY')", "500"},
    {"$toMinor(1.2345, 'KWD')", "1235"}, {"$toMinor(1, 'Euro')", "!W2004"}};
constexpr Example from_minor_examples[] = {{"$fromMinor(1999, 'EUR')", "19.99"},
                                           {"$fromMinor(1990, 'EUR')", "19.90"},
                                           {"$fromMinor(500, 'JPY')", "500"}};
constexpr Example format_examples[] = {
    {"$formatMoney(1234.5, 'EUR')", "\"€1,234.50\""},
    {"$formatMoney(-3, 'CHF')", "\"-CHF 3.00\""},
    {"$formatMoney(1234567.891, 'EUR', {'grouping': '.', 'decimal': ','})", "\"€1.234.567,89\""}};

constexpr Declaration table[] = {
    {"toMinor", "<(ns)s:n>", to_minor, 2,
     "An amount in the smallest unit of its currency (cents), halves rounded up.", to_minor_examples},
    {"fromMinor", "<(ns)s:n>", from_minor, 2, "An amount from the smallest unit of its currency.",
     from_minor_examples},
    {"formatMoney", "<(ns)so?:s>", format_money, 3, "An amount with its currency's sign and digits.",
     format_examples},
};

}  // namespace

Family money_functions() { return table; }

}  // namespace waggle::jsonata
