// Additions for text and missing values: $default, $coalesce, $isEmpty, $toNumber, $escapeHtml, $slug, $mask.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/number_text.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

bool is_missing(Value v) { return v.is_undefined() || v.is_null(); }

bool is_empty(Value v) {
  if (is_missing(v)) return true;
  if (v.is_string() || v.is_array()) return v.length == 0;
  return v.is_object() && v.size() == 0;
}

Value default_value(Call& call) {
  return is_missing(call[0]) || (call[0].is_string() && call[0].length == 0) ? call[1] : call[0];
}

Value coalesce(Call& call) {
  for (std::uint32_t i = 0; i < call.count; ++i)
    if (!is_missing(call[i])) return call[i];
  return {};
}

Value empty(Call& call) { return Value::boolean(is_empty(call[0])); }

/// Digits, signs and the decimal sign count; spaces, currency signs, letters and grouping signs are skipped.
Value to_number(Call& call) {
  Value v = call[0];
  if (v.is_undefined() || v.is_number()) return v;
  Value decimal_option = call[1].find("decimal");
  char decimal = decimal_option.is_string() && decimal_option.length > 0 ? decimal_option.text_[0] : '.';
  std::string plain;
  bool point = false, negative = false, digits = false;
  for (char c : v.as_string()) {
    if (c >= '0' && c <= '9') {
      plain += c;
      digits = true;
    } else if (c == decimal && digits && !point) {
      plain += '.';
      point = true;
    } else if ((c == '-' && !digits) || c == '(') {
      negative = true;
    } else if (c == decimal) {
      digits = false;  // a second decimal sign: this is no number
      break;
    }
  }
  if (!digits) throw fault("D3030").with_value(v).with_index(1);
  if (plain.back() == '.') plain.pop_back();
  double value = parse_number(plain);
  // Leading zeros are fine in what people type.
  if (std::isnan(value)) throw fault("D3030").with_value(v).with_index(1);
  return Value::number(negative ? -value : value);
}

Value escape_html(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  std::string out;
  for (char c : call[0].as_string()) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return call.context.text(out);
}

/// The Latin letters that European names are written with, in plain letters.
std::string_view plain_letter(std::uint32_t c) {
  switch (c) {
    case 0xE4:
    case 0xE6:
      return "ae";
    case 0xF6:
    case 0x153:
      return "oe";
    case 0xFC:
      return "ue";
    case 0xDF:
      return "ss";
    case 0xE0:
    case 0xE1:
    case 0xE2:
    case 0xE3:
    case 0xE5:
    case 0x105:
      return "a";
    case 0xE7:
    case 0x107:
    case 0x10D:
      return "c";
    case 0xE8:
    case 0xE9:
    case 0xEA:
    case 0xEB:
    case 0x119:
    case 0x11B:
      return "e";
    case 0xEC:
    case 0xED:
    case 0xEE:
    case 0xEF:
      return "i";
    case 0x142:
      return "l";
    case 0xF1:
    case 0x144:
    case 0x148:
      return "n";
    case 0xF2:
    case 0xF3:
    case 0xF4:
    case 0xF5:
    case 0xF8:
      return "o";
    case 0x159:
      return "r";
    case 0x15B:
    case 0x161:
      return "s";
    case 0xF9:
    case 0xFA:
    case 0xFB:
    case 0x16F:
      return "u";
    case 0xFD:
    case 0xFF:
      return "y";
    case 0x17A:
    case 0x17C:
    case 0x17E:
      return "z";
    default:
      return {};
  }
}

Value slug(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 8);
  std::string text = to_lower(call[0].as_string()), out;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t c = next_code_point(text, at);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += static_cast<char>(c);
    } else if (std::string_view plain = plain_letter(c); !plain.empty()) {
      out += plain;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  if (!out.empty() && out.back() == '-') out.pop_back();
  return call.context.text(out, true);
}

Value mask(Call& call) {
  if (!call.has(0)) return {};
  constexpr double shown_at_the_end = 4;
  std::string_view text = call[0].as_string();
  call.context.charge(text.size() / 8);
  std::size_t count = count_code_points(text);
  double wanted = call.has(1) ? std::trunc(call[1].as_number()) : shown_at_the_end;
  // A short secret is hidden whole: half of four characters is no mask.
  std::size_t shown =
      wanted <= 0 || static_cast<double>(count) < wanted * 2 ? 0 : static_cast<std::size_t>(wanted);
  std::string out(count - shown, '*');
  out += text.substr(offset_of_code_point(text, count - shown));
  return call.context.text(out);
}

constexpr Example default_examples[] = {
    {"$default(missing, 5)", "5"}, {"$default('', 'none')", "\"none\""}, {"$default(0, 5)", "0"}};
constexpr Example coalesce_examples[] = {{"$coalesce(missing, null, 'a', 'b')", "\"a\""},
                                         {"$coalesce(missing)", ""}};
constexpr Example empty_examples[] = {
    {"$isEmpty([])", "true"}, {"$isEmpty(missing)", "true"}, {"$isEmpty(0)", "false"}};
constexpr Example number_examples[] = {{"$toNumber('1.234,50 EUR', {'decimal': ','})", "1234.5"},
                                       {"$toNumber('$ 1,200')", "1200"},
                                       {"$toNumber('(3.20)')", "-3.2"},
                                       {"$toNumber('abc')", "!D3030"},
                                       {"$toNumber('007')", "7"}};
constexpr Example html_examples[] = {
    {"$escapeHtml('<b>\"A\" & B</b>')", "\"&lt;b&gt;&quot;A&quot; &amp; B&lt;/b&gt;\""}};
constexpr Example slug_examples[] = {{"$slug('Größe: XL (neu!)')", "\"groesse-xl-neu\""}};
constexpr Example mask_examples[] = {{"$mask('4111111111111111')", "\"************1111\""},
                                     {"$mask('secret')", "\"******\""},
                                     {"$mask('abcdef', 2)", "\"****ef\""}};

constexpr Declaration table[] = {
    {"default", "<xx:x>", default_value, 2,
     "The first argument, or the second when the first is missing, null or \"\".", default_examples},
    {"coalesce", "<x+:x>", coalesce, 0, "The first argument that is neither missing nor null.",
     coalesce_examples},
    {"isEmpty", "<x:b>", empty, 1, "True for missing, null, \"\", [] and {}.", empty_examples},
    {"toNumber", "<(sn)o?:n>", to_number, 2,
     "A number from text as people write it; {decimal: \",\"} for a decimal comma.", number_examples},
    {"escapeHtml", "<s:s>", escape_html, 1, "Text made safe to stand in HTML.", html_examples},
    {"slug", "<s:s>", slug, 1, "Text as it stands in an address: small letters, digits and hyphens.",
     slug_examples},
    {"mask", "<sn?:s>", mask, 2, "Text with all but the last characters (4 if not said) hidden.",
     mask_examples},
};

}  // namespace

Family text_addition_functions() { return table; }

}  // namespace waggle::jsonata
