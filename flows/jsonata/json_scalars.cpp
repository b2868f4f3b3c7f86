#include "flows/jsonata/json_scalars.hpp"

#include <array>

#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::array<double, 23> powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int exact_digits = 15;  // any decimal of so many digits survives a double and back

}  // namespace

bool JsonScalars::fail(std::string_view reason, const char* where) {
  fault_ = {std::string(reason), static_cast<std::size_t>(where - text_.data())};
  return false;
}

bool JsonScalars::other_string(Value& out) {
  const char* start = ++at_;
  bool ascii = true;
  for (;;) {
    at_ = skip_plain(at_, end_);
    if (at_ == end_) return fail("the text ends inside a string", start - 1);
    if (*at_ == '"') {
      out = Value::string({start, static_cast<std::size_t>(at_ - start)}, ascii);
      ++at_;
      return true;
    }
    if (*at_ == '\\') return string_with_escapes(start, out);
    if (static_cast<unsigned char>(*at_) < 0x20)
      return fail("a control character in a string must be escaped");
    ascii = false;
    if (!multibyte()) return false;
  }
}

bool JsonScalars::multibyte() {
  auto byte = [&](int i) -> unsigned { return at_ + i < end_ ? static_cast<unsigned char>(at_[i]) : 0u; };
  auto tail = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
  unsigned lead = byte(0);
  int length = 0;
  if (lead >= 0xC2 && lead < 0xE0) {
    length = tail(1) ? 2 : 0;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    bool good = tail(1) && tail(2) && !(lead == 0xE0 && byte(1) < 0xA0) && !(lead == 0xED && byte(1) >= 0xA0);
    length = good ? 3 : 0;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    bool good = tail(1) && tail(2) && tail(3) && !(lead == 0xF0 && byte(1) < 0x90) &&
                !(lead == 0xF4 && byte(1) >= 0x90);
    length = good ? 4 : 0;
  }
  if (length == 0) return fail("the text is not valid UTF-8");
  at_ += length;
  return true;
}

bool JsonScalars::string_with_escapes(const char* start, Value& out) {
  std::string unescaped(start, at_);
  for (;;) {
    const char* plain = at_;
    at_ = skip_plain(at_, end_);
    unescaped.append(plain, at_);
    if (at_ == end_) return fail("the text ends inside a string", start - 1);
    if (*at_ == '"') {
      std::string_view text = arena_.copy(unescaped);
      out = Value::string(text, is_ascii(text));
      ++at_;
      return true;
    }
    if (static_cast<unsigned char>(*at_) < 0x20)
      return fail("a control character in a string must be escaped");
    if (*at_ == '\\') {
      if (!escape(unescaped)) return false;
    } else {
      const char* from = at_;
      if (!multibyte()) return false;
      unescaped.append(from, at_);
    }
  }
}

bool JsonScalars::escape(std::string& out) {
  const char* start = at_++;
  if (at_ == end_) return fail("the text ends inside a string", start);
  char c = *at_++;
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return true;
    case 'b':
      out += '\b';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'u':
      break;
    default:
      return fail("unknown escape in a string; allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX", start);
  }
  int unit = parse_hex4(text_, at_ - text_.data());
  if (unit < 0) return fail("\\u must be followed by four hex digits", start);
  at_ += 4;
  char bytes[4];
  append_wtf8(out, {bytes, write_code_point(bytes, static_cast<std::uint32_t>(unit))});
  return true;
}

bool JsonScalars::number(Value& out) {
  const char* start = at_;
  const char* p = at_;
  bool negative = p < end_ && *p == '-';
  if (negative) ++p;
  std::uint64_t mantissa = 0;
  const char* digits = p;
  while (p < end_ && *p >= '0' && *p <= '9') mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
  if (p == digits) return fail(negative ? "expected a digit behind -" : "expected a value", start);
  if (*digits == '0' && p - digits > 1) return fail("a number may not start with 0", start);
  std::ptrdiff_t significant = p - digits;
  std::ptrdiff_t fraction = 0;
  bool canonical = !(negative && mantissa == 0);
  if (p < end_ && *p == '.') {
    const char* dot = p++;
    while (p < end_ && *p >= '0' && *p <= '9') mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
    fraction = p - dot - 1;
    if (fraction == 0) return fail("expected a digit behind the decimal point", p);
    significant += fraction;
    // 0.0000001 prints with an exponent and 1.50 without its zero: such keep their text.
    canonical = p[-1] != '0' && (*digits != '0' || fraction <= 6);
  }
  if (p < end_ && (*p == 'e' || *p == 'E')) {
    canonical = false;
    ++p;
    if (p < end_ && (*p == '+' || *p == '-')) ++p;
    const char* exponent = p;
    while (p < end_ && *p >= '0' && *p <= '9') ++p;
    if (p == exponent) return fail("expected a digit in the exponent", p);
  }
  at_ = p;
  if (canonical && significant <= exact_digits) {
    double value = static_cast<double>(mantissa) / powers_of_ten[fraction];
    out = Value::number(negative ? -value : value);
    return true;
  }
  out = Value::number(0);
  out.flags = flag_source;
  out.length = static_cast<std::uint32_t>(p - start);
  out.text_ = start;
  return true;
}

}  // namespace waggle::jsonata
