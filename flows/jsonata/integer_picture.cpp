#include "flows/jsonata/integer_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/number_text.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

/// The zeros of the decimal digit families of Unicode's basic plane.
constexpr std::array<char32_t, 37> zeros = {
    0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

std::u32string to_points(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out += static_cast<char32_t>(next_code_point(text, at));
  return out;
}

std::string to_utf8(std::u32string_view points) {
  std::string out;
  for (char32_t c : points) append_code_point(out, c);
  return out;
}

int regular_distance(const std::vector<IntegerPicture::Separator>& separators) {
  if (separators.empty()) return 0;
  int divisor = separators[0].position;
  for (const auto& s : separators) {
    if (s.character != separators[0].character) return 0;
    divisor = std::gcd(divisor, s.position);
  }
  for (std::size_t i = 1; i <= separators.size(); ++i) {
    int wanted = static_cast<int>(i) * divisor;
    bool found = std::any_of(separators.begin(), separators.end(),
                             [&](const auto& s) { return s.position == wanted; });
    if (!found) return 0;
  }
  return divisor;
}

void parse_decimal(IntegerPicture& p, std::string_view primary) {
  std::u32string points = to_points(primary);
  bool have_zero = false;
  int position = 0;
  for (auto at = points.rbegin(); at != points.rend(); ++at) {
    auto family = std::find_if(zeros.begin(), zeros.end(),
                               [&](char32_t zero) { return *at >= zero && *at <= zero + 9; });
    if (family != zeros.end()) {
      if (have_zero && p.zero != *family) throw fault("D3131");
      p.zero = *family;
      have_zero = true;
      ++p.mandatory;
      ++position;
    } else if (*at == U'#') {
      ++p.optional;
      ++position;
    } else {
      p.separators.push_back({position, *at});
    }
  }
  if (p.mandatory + p.optional > max_picture_width)
    throw fault("W1003").with_text("the picture asks for too many digits");
  if (!have_zero) {
    p.primary = IntegerPicture::Primary::sequence;
    p.token = primary;
    return;
  }
  p.regular_position = regular_distance(p.separators);
  p.regular = p.regular_position > 0;
}

struct Roman {
  int value;
  std::string_view letters;
};
constexpr std::array<Roman, 13> romans = {{{1000, "m"},
                                           {900, "cm"},
                                           {500, "d"},
                                           {400, "cd"},
                                           {100, "c"},
                                           {90, "xc"},
                                           {50, "l"},
                                           {40, "xl"},
                                           {10, "x"},
                                           {9, "ix"},
                                           {5, "v"},
                                           {4, "iv"},
                                           {1, "i"}}};
constexpr double largest_roman = 10'000'000;  // ten thousand times M; larger numbers would be megabytes of M

std::string roman(double value) {
  if (value > largest_roman) throw fault("W1003").with_text("the number is too large for Roman numerals");
  std::string out;
  for (const Roman& r : romans)
    for (; value >= r.value; value -= r.value) out += r.letters;
  return out;
}

double from_roman(std::string_view text) {
  double total = 0, highest = 1;
  for (auto at = text.rbegin(); at != text.rend(); ++at) {
    double value = NAN;
    for (const Roman& r : romans)
      if (r.letters.size() == 1 && r.letters[0] == (*at | 0x20)) value = r.value;
    if (value < highest) {
      total -= value;
    } else {
      highest = value;
      total += value;
    }
  }
  return total;
}

std::string letters(double value, char first) {
  std::string out;
  for (; value > 0; value = std::floor((value - 1) / 26))
    out += static_cast<char>(first + std::fmod(value - 1, 26));
  return {out.rbegin(), out.rend()};
}

void change_case(std::string& text, IntegerPicture::Case to) {
  for (char& c : text) {
    if (to == IntegerPicture::Case::upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (to == IntegerPicture::Case::lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
}

/// Inserts at `from_right` characters from the end; in front when there are fewer.
void insert_separator(std::u32string& digits, int from_right, char32_t separator) {
  auto size = static_cast<int>(digits.size());
  digits.insert(digits.begin() + std::max(0, size - from_right), separator);
}

std::string decimal(const IntegerPicture& p, double value) {
  std::string plain;
  append_number(plain, value);
  if (static_cast<int>(plain.size()) < p.mandatory)
    plain.insert(0, static_cast<std::size_t>(p.mandatory) - plain.size(), '0');
  std::u32string digits = to_points(plain);
  for (char32_t& c : digits) c += p.zero - U'0';
  if (p.regular) {
    auto groups = (static_cast<int>(digits.size()) - 1) / p.regular_position;
    char32_t separator = p.separators[0].character;
    std::u32string out;
    auto size = static_cast<int>(digits.size());
    for (int i = 0; i < size; ++i) {
      int left = size - i;
      if (i > 0 && left % p.regular_position == 0 && left / p.regular_position <= groups) out += separator;
      out += digits[static_cast<std::size_t>(i)];
    }
    digits = std::move(out);
  } else {
    for (auto s = p.separators.rbegin(); s != p.separators.rend(); ++s)
      insert_separator(digits, s->position, s->character);
  }
  if (p.ordinal) {
    char32_t last = digits.back();
    bool teen = digits.size() > 1 && digits[digits.size() - 2] == U'1';
    std::u32string_view suffix = teen           ? U"th"
                                 : last == U'1' ? U"st"
                                 : last == U'2' ? U"nd"
                                 : last == U'3' ? U"rd"
                                                : U"th";
    digits += suffix;
  }
  return to_utf8(digits);
}

}  // namespace

IntegerPicture IntegerPicture::parse(std::string_view picture) {
  IntegerPicture p;
  std::size_t semicolon = picture.rfind(';');
  std::string_view primary = picture.substr(0, semicolon);
  if (semicolon != std::string_view::npos && semicolon + 1 < picture.size())
    p.ordinal = picture[semicolon + 1] == 'o';
  if (primary == "A" || primary == "a") {
    p.primary = Primary::letters;
    p.letter_case = primary == "A" ? Case::upper : Case::lower;
  } else if (primary == "I" || primary == "i") {
    p.primary = Primary::roman;
    p.letter_case = primary == "I" ? Case::upper : Case::lower;
  } else if (primary == "W" || primary == "w" || primary == "Ww") {
    p.primary = Primary::words;
    p.letter_case = primary == "W" ? Case::upper : primary == "w" ? Case::lower : Case::title;
  } else {
    parse_decimal(p, primary);
  }
  return p;
}

std::string IntegerPicture::format(double value) const {
  double size = std::fabs(value);
  std::string out;
  switch (primary) {
    case Primary::letters:
      out = letters(size, letter_case == Case::upper ? 'A' : 'a');
      break;
    case Primary::roman:
      out = roman(size);
      change_case(out, letter_case);
      break;
    case Primary::words:
      out = words_from_number(size, ordinal);
      if (letter_case != Case::title) change_case(out, letter_case);
      break;
    case Primary::decimal:
      out = decimal(*this, size);
      break;
    case Primary::sequence:
      throw fault("D3130").with_value(Value::string(token));
  }
  return value < 0 ? "-" + out : out;
}

double IntegerPicture::read(std::string_view text) const {
  switch (primary) {
    case Primary::letters: {
      double value = 0;
      for (char c : text) value = value * 26 + (c - (letter_case == Case::upper ? 'A' : 'a') + 1);
      return value;
    }
    case Primary::roman:
      return from_roman(text);
    case Primary::words:
      return number_from_words(text);
    case Primary::sequence:
      throw fault("D3130").with_value(Value::string(token));
    case Primary::decimal:
      break;
  }
  std::u32string digits = to_points(text);
  if (ordinal) digits.resize(digits.size() >= 2 ? digits.size() - 2 : 0);
  auto remove = [&](char32_t c) { digits.erase(std::remove(digits.begin(), digits.end(), c), digits.end()); };
  if (regular) {
    remove(U',');
  } else {
    for (const Separator& s : separators) remove(s.character);
  }
  double value = 0;
  std::size_t at = 0;
  while (at < digits.size() && (digits[at] == U' ' || digits[at] == U'\t')) ++at;
  bool negative = at < digits.size() && digits[at] == U'-';
  if (at < digits.size() && (digits[at] == U'-' || digits[at] == U'+')) ++at;
  std::size_t start = at;
  for (; at < digits.size() && digits[at] >= zero && digits[at] <= zero + 9; ++at)
    value = value * 10 + (digits[at] - zero);
  if (at == start) return NAN;
  return negative ? -value : value;
}

std::string IntegerPicture::pattern() const {
  bool upper = letter_case == Case::upper;
  switch (primary) {
    case Primary::letters:
      return upper ? "[A-Z]+" : "[a-z]+";
    case Primary::roman:
      return upper ? "[MDCLXVI]+" : "[mdclxvi]+";
    case Primary::words:
      return "(?:" + number_words_pattern() + ")+";
    case Primary::sequence:
      throw fault("D3130").with_value(Value::string(token));
    case Primary::decimal:
      break;
  }
  std::string out = parse_width > 0 ? "[0-9]{" + std::to_string(parse_width) + "}" : "[0-9]+";
  return ordinal ? out + "(?:th|st|nd|rd)" : out;
}

}  // namespace waggle::jsonata
