// Numbers: conversion, rounding, arithmetic functions and aggregates.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/exact.hpp"
#include "flows/jsonata/number_text.hpp"
#include "flows/jsonata/power.hpp"
#include "flows/jsonata/rounding.hpp"

namespace waggle::jsonata {

namespace {

bool digits_only(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// -?[0-9]+(.[0-9]+)?([eE][-+]?[0-9]+)?
bool is_decimal(std::string_view t) {
  auto digits = [&] {
    std::size_t n = 0;
    while (n < t.size() && t[n] >= '0' && t[n] <= '9') ++n;
    t.remove_prefix(n);
    return n > 0;
  };
  if (!t.empty() && t[0] == '-') t.remove_prefix(1);
  if (!digits()) return false;
  if (!t.empty() && t[0] == '.') {
    t.remove_prefix(1);
    if (!digits()) return false;
  }
  if (!t.empty() && (t[0] == 'e' || t[0] == 'E')) {
    t.remove_prefix(1);
    if (!t.empty() && (t[0] == '-' || t[0] == '+')) t.remove_prefix(1);
    if (!digits()) return false;
  }
  return t.empty();
}

double from_base(std::string_view digits, double base) {
  double value = 0;
  for (char c : digits) value = value * base + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return value;
}

Value number(Call& call) {
  Value v = call[0];
  if (v.is_undefined() || v.is_number()) return v;
  if (v.is_boolean()) return Value::number(v.as_boolean() ? 1 : 0);
  std::string_view text = v.as_string();
  if (double plain; call.context.allows_fast_paths() && parse_plain_decimal(text, plain))
    return Value::number(plain);
  if (is_decimal(text)) {
    double value = parse_number(text);
    if (std::isfinite(value)) return Value::number(value);
  } else if (text.size() > 2 && text[0] == '0') {
    char kind = static_cast<char>(text[1] | 0x20);
    std::string_view rest = text.substr(2);
    if (kind == 'x' && digits_only(rest, "0123456789abcdefABCDEF")) return Value::number(from_base(rest, 16));
    if (kind == 'o' && digits_only(rest, "01234567")) return Value::number(from_base(rest, 8));
    if (kind == 'b' && digits_only(rest, "01")) return Value::number(from_base(rest, 2));
  }
  throw fault("D3030").with_value(v).with_index(1);
}

template <double (*function)(double)>
Value rounded(Call& call) {
  return call.has(0) ? Value::number(function(call[0].as_number())) : Value();
}
double absolute(double x) { return std::fabs(x); }
double floor_of(double x) { return std::floor(x); }
double ceil_of(double x) { return std::ceil(x); }

Value round(Call& call) {
  if (!call.has(0)) return {};
  bool half_up = call[2].is_string() && call[2].as_string() == "half-up";
  if (call.has(2) && !half_up && call[2].as_string() != "half-even")
    throw fault("W2006").with_value(call[2]).with_text("rounding is \"half-even\" or \"half-up\"");
  double places = call.has(1) ? call[1].as_number() : 0;
  if (call.context.program->options.decimal_numbers && std::fabs(places) < 40)
    if (auto exact = Exact::of(call[0]))
      return exact_value(call.context, exact->rounded(static_cast<int>(places), half_up).trimmed());
  return Value::number(half_up ? round_half_up(call[0].as_number(), places)
                               : round_half_even(call[0].as_number(), places));
}

Value sqrt(Call& call) {
  if (!call.has(0)) return {};
  double x = call[0].as_number();
  if (x < 0) throw fault("D3060").with_value(call[0]).with_index(1);
  return Value::number(std::sqrt(x));
}

Value power(Call& call) {
  if (!call.has(0)) return {};
  double result = call.has(1) ? power_of(call[0].as_number(), call[1].as_number()) : NAN;
  if (!std::isfinite(result)) throw fault("D3061").with_values(call[0], call[1]).with_index(1);
  return Value::number(result);
}

/// With a seed: always the same number, whatever came before.
Value random(Call& call) {
  if (!call.has(0)) return Value::number(call.context.random_fraction());
  std::uint64_t kept = call.context.seed;
  call.context.seed = static_cast<std::uint64_t>(call[0].as_number() * 1'000'003.0);
  double number = call.context.random_fraction();
  call.context.seed = kept;
  return Value::number(number);
}

Value format_base(Call& call) {
  if (!call.has(0)) return {};
  double value = round_half_even(call[0].as_number(), 0);
  double radix = call.has(1) ? round_half_even(call[1].as_number(), 0) : 10;
  if (!(radix >= 2 && radix <= 36)) throw fault("D3100").with_value(Value::number(radix));
  if (radix == 10 || !std::isfinite(value)) return to_string_value(call.context, Value::number(value));
  bool negative = value < 0;
  value = std::fabs(value);
  std::string reversed;
  // Above 2^53 only as many digits are written as the double holds; the rest are zeros.
  for (; value >= 0x1p53; value /= radix) reversed += '0';
  value = std::floor(value);
  do {
    double digit = std::fmod(value, radix);
    reversed += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<int>(digit)];
    value = (value - digit) / radix;
  } while (value > 0);
  if (negative) reversed += '-';
  return call.context.text(std::string(reversed.rbegin(), reversed.rend()), true);
}

constexpr double exact_integers = 0x1p30;  // sums of up to 1e7 such integers stay exact

Value sum(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  call.context.charge(list.tag == Tag::range ? 1 : list.length);
  bool adds_up = list.tag == Tag::range && std::fabs(list.number_) < exact_integers;
  if (adds_up && call.context.allows_fast_paths())
    return Value::number((list.number_ * 2 + list.length - 1) * list.length / 2);
  if (call.context.program->options.decimal_numbers) {
    Value exact = Value::number(0);
    for (std::uint32_t i = 0; i < list.length; ++i)
      exact = arithmetic(Op::add, call.context, exact, list.item(i));
    return exact;
  }
  double total = 0;
  for (std::uint32_t i = 0; i < list.length; ++i) total += list.item(i).as_number();
  return Value::number(total);
}

Value average(Call& call) {
  if (!call.has(0) || call[0].length == 0) return {};
  return Value::number(sum(call).as_number() / call[0].length);
}

template <bool greatest>
Value extreme(Call& call) {
  Value list = call[0];
  if (list.is_undefined() || list.length == 0) return {};
  if (list.tag == Tag::range) return list.item(greatest ? list.length - 1 : 0);
  call.context.charge(list.length);
  double best = list.items_[0].as_number();
  for (std::uint32_t i = 1; i < list.length; ++i) {
    double x = list.items_[i].as_number();
    if (greatest ? x > best : x < best) best = x;
  }
  return Value::number(best);
}

constexpr Example round_examples[] = {{"$round(2.5)", "2"},
                                      {"$round(2.5, 0, 'half-up')", "3"},
                                      {"$round(1.005, 2, 'half-up')", "1.01"},
                                      {"$round(-1.5, 0, 'half-up')", "-2"}};

constexpr Declaration table[] = {
    {"number", "<(nsb)-:n>", number, 1},
    {"abs", "<n-:n>", rounded<absolute>, 1},
    {"floor", "<n-:n>", rounded<floor_of>, 1},
    {"ceil", "<n-:n>", rounded<ceil_of>, 1},
    {"round", "<n-n?:n>", round, 2, "Halves go to the even digit; \"half-up\" rounds them as shops do.",
     round_examples, "<nns:n>"},
    {"sqrt", "<n-:n>", sqrt, 1},
    {"power", "<n-n:n>", power, 2},
    {"random", "<:n>", random, 0, {}, {}, "<n:n>"},
    {"formatBase", "<n-n?:s>", format_base, 2},
    {"sum", "<a<n>:n>", sum, 1},
    {"max", "<a<n>:n>", extreme<true>, 1},
    {"min", "<a<n>:n>", extreme<false>, 1},
    {"average", "<a<n>:n>", average, 1},
};

}  // namespace

Family number_functions() { return table; }

}  // namespace waggle::jsonata
