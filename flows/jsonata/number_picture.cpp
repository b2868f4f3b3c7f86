// Source: XPath and XQuery Functions and Operators 3.1, 4.7
// (https://www.w3.org/TR/xpath-functions-31/#formatting-numbers, read 2026-11), with the reference's reading
// of it.
#include "flows/jsonata/number_picture.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/integer_picture.hpp"
#include "flows/jsonata/rounding.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

using Text = std::u16string;
constexpr std::size_t none = Text::npos;

Text to_utf16(std::string_view text) {
  Text out;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t c = next_code_point(text, at);
    if (c >= 0x10000) {
      out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      out += static_cast<char16_t>(c);
    }
  }
  return out;
}

std::string to_utf8(const Text& text) {
  std::string out;
  for (char16_t unit : text) {
    char bytes[4];
    append_wtf8(out, {bytes, write_code_point(bytes, unit)});
  }
  return out;
}

struct Symbols {
  Text decimal = u".", grouping = u",", exponent = u"e", minus = u"-", percent = u"%", per_mille = u"\u2030",
       zero = u"0", digit = u"#", pattern = u";";

  explicit Symbols(Value options) {
    if (!options.is_object()) return;
    auto set = [&](std::string_view name, Text& to) {
      Value v = options.find(name);
      if (v.is_string()) to = to_utf16(v.as_string());
    };
    set("decimal-separator", decimal);
    set("grouping-separator", grouping);
    set("exponent-separator", exponent);
    set("minus-sign", minus);
    set("percent", percent);
    set("per-mille", per_mille);
    set("zero-digit", zero);
    set("digit", digit);
    set("pattern-separator", pattern);
    if (zero.empty()) zero = u"0";
  }
  bool is_digit(char16_t c) const { return c >= zero[0] && c < zero[0] + 10; }
  bool is_optional_digit(char16_t c) const { return digit.size() == 1 && c == digit[0]; }
  static bool is(char16_t c, const Text& symbol) { return symbol.size() == 1 && symbol[0] == c; }
  bool is_active(char16_t c) const {
    return is_digit(c) || is(c, decimal) || is(c, exponent) || is(c, grouping) || is(c, digit) ||
           is(c, pattern);
  }
  std::size_t count_digits(const Text& text, bool optional_too) const {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [&](char16_t c) {
      return is_digit(c) || (optional_too && is_optional_digit(c));
    }));
  }
};

struct Parts {
  Text picture, prefix, suffix, active, mantissa, exponent, integer, fraction;
  bool has_exponent = false;
};

Text sub(const Text& text, std::size_t from, std::size_t to) {
  to = std::min(to, text.size());
  return from < to ? text.substr(from, to - from) : Text();
}

Parts split(const Text& picture, const Symbols& s) {
  Parts p;
  p.picture = picture;
  auto ends_affix = [&](char16_t c) { return s.is_active(c) && !Symbols::is(c, s.exponent); };
  auto first = std::find_if(picture.begin(), picture.end(), ends_affix);
  if (first != picture.end()) p.prefix = Text(picture.begin(), first);
  auto last = std::find_if(picture.rbegin(), picture.rend(), ends_affix);
  if (last != picture.rend()) p.suffix = Text(last.base(), picture.end());
  p.active = sub(picture, p.prefix.size(), picture.size() - p.suffix.size());
  std::size_t exponent = picture.find(s.exponent, p.prefix.size());
  if (exponent == none || exponent > picture.size() - p.suffix.size()) {
    p.mantissa = p.active;
  } else {
    p.mantissa = sub(p.active, 0, exponent);
    p.exponent = sub(p.active, exponent + 1, none);
    p.has_exponent = true;
  }
  std::size_t point = p.mantissa.find(s.decimal);
  if (point == none) {
    p.integer = p.mantissa;
    p.fraction = p.suffix;
  } else {
    p.integer = sub(p.mantissa, 0, point);
    p.fraction = sub(p.mantissa, point + 1, none);
  }
  return p;
}

/// The error that the reference reports: of several, the last in the order of the specification.
std::string_view fault_of(const Parts& p, const Symbols& s) {
  std::string_view code;
  const Text& t = p.picture;
  auto twice = [&](const Text& what) { return t.find(what) != t.rfind(what); };
  std::size_t point = t.find(s.decimal);
  if (twice(s.decimal)) code = "D3081";
  if (twice(s.percent)) code = "D3082";
  if (twice(s.per_mille)) code = "D3083";
  bool percent = t.find(s.percent) != none, per_mille = t.find(s.per_mille) != none;
  if (percent && per_mille) code = "D3084";
  if (s.count_digits(p.mantissa, true) == 0) code = "D3085";
  if (!std::all_of(p.active.begin(), p.active.end(), [&](char16_t c) { return s.is_active(c); }))
    code = "D3086";
  if (point != none) {
    bool before = point > 0 && Symbols::is(t[point - 1], s.grouping);
    bool behind = point + 1 < t.size() && Symbols::is(t[point + 1], s.grouping);
    if (before || behind) code = "D3087";
  } else if (!p.integer.empty() && Symbols::is(p.integer.back(), s.grouping)) {
    code = "D3088";
  }
  if (t.find(s.grouping + s.grouping) != none) code = "D3089";
  std::size_t optional = p.integer.find(s.digit);
  if (optional != none && s.count_digits(p.integer.substr(0, optional), false) > 0) code = "D3090";
  optional = p.fraction.rfind(s.digit);
  if (optional != none && s.count_digits(p.fraction.substr(optional), false) > 0) code = "D3091";
  if (p.has_exponent && !p.exponent.empty() && (percent || per_mille)) code = "D3092";
  if (p.has_exponent && (p.exponent.empty() || s.count_digits(p.exponent, false) != p.exponent.size()))
    code = "D3093";
  return code;
}

struct Plan {
  std::vector<std::size_t> integer_groups, fraction_groups;
  std::size_t regular = 0;
  std::size_t integer_least = 0, scaling = 0, fraction_least = 0, fraction_most = 0, exponent_least = 0;
  Text prefix, suffix, picture;
};

std::vector<std::size_t> group_positions(const Text& part, const Text& integer, bool to_left,
                                         const Symbols& s) {
  std::vector<std::size_t> positions;
  std::size_t at = part.find(s.grouping);
  while (at != none) {
    positions.push_back(s.count_digits(to_left ? sub(part, 0, at) : sub(part, at, none), true));
    at = integer.find(s.grouping, at + 1);
  }
  return positions;
}

std::size_t regular_distance(const std::vector<std::size_t>& positions) {
  if (positions.empty()) return 0;
  std::size_t divisor = positions[0];
  for (std::size_t p : positions) divisor = std::gcd(divisor, p);
  for (std::size_t i = 1; i <= positions.size(); ++i)
    if (std::find(positions.begin(), positions.end(), i * divisor) == positions.end()) return 0;
  return divisor;
}

Plan analyse(const Parts& p, const Symbols& s) {
  Plan plan;
  plan.integer_groups = group_positions(p.integer, p.integer, false, s);
  plan.regular = regular_distance(plan.integer_groups);
  plan.fraction_groups = group_positions(p.fraction, p.integer, true, s);
  plan.integer_least = plan.scaling = s.count_digits(p.integer, false);
  plan.fraction_least = s.count_digits(p.fraction, false);
  plan.fraction_most = s.count_digits(p.fraction, true);
  if (plan.integer_least == 0 && plan.fraction_most == 0) {
    if (p.has_exponent) {
      plan.fraction_least = plan.fraction_most = 1;
    } else {
      plan.integer_least = 1;
    }
  }
  if (p.has_exponent && plan.integer_least == 0 && p.integer.find(s.digit) != none) plan.integer_least = 1;
  if (plan.integer_least == 0 && plan.fraction_least == 0) plan.fraction_least = 1;
  if (p.has_exponent) plan.exponent_least = s.count_digits(p.exponent, false);
  plan.prefix = p.prefix;
  plan.suffix = p.suffix;
  plan.picture = p.picture;
  return plan;
}

Text digits_of(double value, std::size_t places, const Symbols& s) {
  std::string plain(places + 330, '\0');
  plain.resize(static_cast<std::size_t>(
      std::snprintf(plain.data(), plain.size(), "%.*f", static_cast<int>(places), std::fabs(value))));
  Text out;
  for (char c : plain)
    out += c >= '0' && c <= '9' ? static_cast<char16_t>(s.zero[0] + (c - '0')) : static_cast<char16_t>(c);
  return out;
}

void insert(Text& text, std::size_t at, const Text& what) { text.insert(std::min(at, text.size()), what); }

Text group(Text text, const Plan& plan, const Symbols& s) {
  std::size_t point = text.find(s.decimal);
  if (plan.regular > 0) {
    std::size_t groups = point > 0 ? (point - 1) / plan.regular : 0;
    for (std::size_t g = 1; g <= groups; ++g) insert(text, point - g * plan.regular, s.grouping);
  } else {
    for (std::size_t position : plan.integer_groups) {
      insert(text, point >= position ? point - position : 0, s.grouping);
      ++point;
    }
  }
  point = text.find(s.decimal);
  for (std::size_t position : plan.fraction_groups) insert(text, position + point + 1, s.grouping);
  return text;
}

Text format(double value, const Plan& plan, const Symbols& s) {
  double mantissa = value, exponent = 0;
  if (plan.picture.find(s.percent) != none) {
    mantissa *= 100;
  } else if (plan.picture.find(s.per_mille) != none) {
    mantissa *= 1000;
  }
  if (plan.exponent_least > 0 && mantissa != 0) {
    double most = std::pow(10, static_cast<double>(plan.scaling)),
           least = std::pow(10, static_cast<double>(plan.scaling) - 1);
    for (; std::fabs(mantissa) < least; --exponent) mantissa *= 10;
    for (; std::fabs(mantissa) > most; ++exponent) mantissa /= 10;
  }
  Text text =
      digits_of(round_half_even(mantissa, static_cast<double>(plan.fraction_most)), plan.fraction_most, s);
  std::size_t dot = text.find(u'.');
  if (dot == none) {
    text += s.decimal;
  } else {
    text.replace(dot, 1, s.decimal);
  }
  std::size_t zeros = text.find_first_not_of(s.zero[0]);
  text.erase(0, zeros);
  while (!text.empty() && text.back() == s.zero[0]) text.pop_back();
  std::size_t point = text.find(s.decimal);
  if (plan.integer_least > point) text.insert(0, plan.integer_least - point, s.zero[0]);
  point = text.find(s.decimal);
  std::size_t places = text.size() - point - 1;
  if (plan.fraction_least > places) text.append(plan.fraction_least - places, s.zero[0]);
  text = group(std::move(text), plan, s);
  point = text.find(s.decimal);
  if (plan.picture.find(s.decimal) == none || point == text.size() - 1) text.pop_back();
  if (plan.exponent_least > 0) {
    Text digits = digits_of(exponent, 0, s);
    if (plan.exponent_least > digits.size()) digits.insert(0, plan.exponent_least - digits.size(), s.zero[0]);
    text += s.exponent + (exponent < 0 ? s.minus : Text()) + digits;
  }
  return plan.prefix + text + plan.suffix;
}

}  // namespace

std::string format_by_picture(double value, std::string_view picture, Value options) {
  Symbols symbols(options);
  if (picture.size() > static_cast<std::size_t>(max_picture_width))
    throw fault("W1003").with_text("the picture is too long");
  if (!std::isfinite(value)) throw fault("D1001").with_value(Value::number(value));
  std::vector<Text> pictures(1);
  Text whole = to_utf16(picture);
  for (std::size_t at = 0; at < whole.size();) {
    if (!symbols.pattern.empty() && whole.compare(at, symbols.pattern.size(), symbols.pattern) == 0) {
      pictures.emplace_back();
      at += symbols.pattern.size();
    } else {
      pictures.back() += whole[at++];
    }
  }
  if (pictures.size() > 2) throw fault("D3080");
  std::vector<Plan> plans;
  for (const Text& one : pictures) {
    Parts parts = split(one, symbols);
    if (std::string_view code = fault_of(parts, symbols); !code.empty()) throw fault(code);
    plans.push_back(analyse(parts, symbols));
  }
  if (plans.size() == 1) {
    plans.push_back(plans[0]);
    plans[1].prefix = symbols.minus + plans[1].prefix;
  }
  return to_utf8(format(value, plans[value >= 0 ? 0 : 1], symbols));
}

}  // namespace waggle::jsonata
