// Analysing and formatting. Source: XPath and XQuery Functions and Operators 3.1, 9.8.4
// (https://www.w3.org/TR/xpath-functions-31/#formatting-dates-and-times, read 2026-11), with the reference's
// reading of it.
#include "flows/jsonata/date_picture.hpp"

#include <array>
#include <cmath>

#include "flows/jsonata/calendar.hpp"
#include "flows/jsonata/date_parts.hpp"
#include "flows/jsonata/fault.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view integer_components = "YMDdFWwXxHhmsf";

std::string_view default_presentation(char component) {
  switch (component) {
    case 'F':
    case 'P':
    case 'C':
    case 'E':
      return "n";
    case 'm':
    case 's':
      return "01";
    case 'Z':
    case 'z':
      return "01:01";
    case 'Y':
    case 'M':
    case 'D':
    case 'd':
    case 'W':
    case 'w':
    case 'X':
    case 'x':
    case 'H':
    case 'h':
    case 'f':
      return "1";
    default:
      return {};
  }
}

int parse_width(std::string_view text) {
  int value = -1;
  for (char c : text) {
    if (c < '0' || c > '9') break;
    value = std::max(value, 0) * 10 + (c - '0');
    if (value > max_picture_width) throw fault("W1003").with_text("the picture asks for too many digits");
  }
  return value;
}

void set_integer(DatePicture::Part& part) {
  std::string pattern = part.presentation;
  if (part.modifier) pattern = pattern + ";" + part.modifier;
  IntegerPicture& integer = part.integer.emplace(IntegerPicture::parse(pattern));
  bool decimal = integer.primary == IntegerPicture::Primary::decimal;
  if (decimal && part.width_least > integer.mandatory) integer.mandatory = part.width_least;
  if (part.component != 'Y') return;
  if (part.width_most >= 0) {
    part.year_digits = integer.mandatory = part.width_most;
  } else if (decimal && integer.mandatory + integer.optional >= 2) {
    part.year_digits = integer.mandatory + integer.optional;
  }
}

DatePicture::Part parse_marker(std::string_view text) {
  std::string marker;
  for (char c : text)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v') marker += c;
  DatePicture::Part part;
  part.component = marker.empty() ? '?' : marker[0];
  std::string presentation = marker.empty() ? "" : marker.substr(1);
  if (std::size_t comma = presentation.rfind(','); comma != std::string::npos) {
    std::string width = presentation.substr(comma + 1);
    std::size_t dash = width.find('-');
    part.width_least = parse_width(std::string_view(width).substr(0, dash));
    if (dash != std::string::npos) part.width_most = parse_width(std::string_view(width).substr(dash + 1));
    presentation.resize(comma);
  }
  if (presentation.size() > 1 &&
      std::string_view("atco").find(presentation.back()) != std::string_view::npos) {
    part.modifier = presentation.back();
    presentation.pop_back();
  }
  std::string_view otherwise = default_presentation(part.component);
  if (presentation.empty()) presentation = otherwise;
  if (presentation.empty() || (otherwise.empty() && marker.size() <= 1))
    throw fault("D3132").with_value(Value::string({&part.component, 1}));
  part.presentation = presentation;
  if (presentation[0] == 'n') {
    part.names = DatePicture::Names::lower;
  } else if (presentation[0] == 'N') {
    part.names = presentation.size() > 1 && presentation[1] == 'n' ? DatePicture::Names::title
                                                                   : DatePicture::Names::upper;
  } else if (integer_components.find(part.component) != std::string_view::npos) {
    set_integer(part);
  }
  if (part.component == 'Z' || part.component == 'z') part.integer = IntegerPicture::parse(presentation);
  return part;
}

void add_literal(DatePicture& picture, std::string_view text) {
  if (text.empty()) return;
  DatePicture::Part part;
  for (std::size_t i = 0; i < text.size(); ++i) {
    part.literal += text[i];
    if (text[i] == ']' && i + 1 < text.size() && text[i + 1] == ']') ++i;  // ]] stands for ]
  }
  picture.parts.push_back(std::move(part));
}

std::string format_zone(const DatePicture::Part& part, int offset_minutes) {
  int hours = offset_minutes / 60, minutes = offset_minutes % 60;
  int offset = hours * 100 + minutes;
  std::string out;
  const IntegerPicture& integer = *part.integer;
  if (integer.regular) {
    out = integer.format(offset);
  } else if (integer.mandatory == 1 || integer.mandatory == 2) {
    out = integer.format(hours);
    if (minutes != 0) out += ":" + IntegerPicture::parse("00").format(std::abs(minutes));
    if (hours == 0 && minutes < 0) out.insert(0, "-");
  } else if (integer.mandatory == 3 || integer.mandatory == 4) {
    out = integer.format(offset);
  } else {
    throw fault("D3134").with_value(Value::number(integer.mandatory));
  }
  if (offset >= 0) out.insert(0, "+");
  if (part.component == 'z') out.insert(0, "GMT");
  if (offset == 0 && part.modifier == 't') out = "Z";
  return out;
}

void set_case(std::string& text, DatePicture::Names names) {
  for (char& c : text) {
    if (names == DatePicture::Names::upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (names == DatePicture::Names::lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
}

std::string format_name(const DatePicture::Part& part, double value) {
  std::string name;
  if (part.component == 'M' || part.component == 'x') {
    name = month_names[static_cast<std::size_t>(value) - 1];
  } else if (part.component == 'F') {
    name = day_names[static_cast<std::size_t>(value) - 1];
  } else {
    throw fault("D3133").with_value(Value::string({&part.component, 1}));
  }
  set_case(name, part.names);
  if (part.width_most >= 0 && name.size() > static_cast<std::size_t>(part.width_most))
    name.resize(static_cast<std::size_t>(part.width_most));
  return name;
}

std::string format_part(const DatePicture::Part& part, double ms, int offset_minutes) {
  switch (part.component) {
    case 'Z':
    case 'z':
      return format_zone(part, offset_minutes);
    case 'P': {
      std::string half = moment_of(ms).hour >= 12 ? "pm" : "am";
      if (part.names == DatePicture::Names::upper) set_case(half, part.names);
      return half;
    }
    case 'C':
    case 'E':
      return "ISO";
    default:
      break;
  }
  if (integer_components.find(part.component) == std::string_view::npos) return "undefined";
  double value = date_part(ms, part.component);
  if (part.component == 'Y' && part.year_digits >= 0)
    value = std::fmod(value, std::pow(10, part.year_digits));
  if (part.names != DatePicture::Names::none) return format_name(part, value);
  return part.integer->format(value);
}

}  // namespace

DatePicture DatePicture::parse(std::string_view picture) {
  DatePicture result;
  std::size_t start = 0, at = 0;
  for (; at < picture.size(); ++at) {
    if (picture[at] != '[') continue;
    add_literal(result, picture.substr(start, at - start));
    if (at + 1 < picture.size() && picture[at + 1] == '[') {
      Part bracket;
      bracket.literal = "[";
      result.parts.push_back(std::move(bracket));
      start = ++at + 1;
      continue;
    }
    std::size_t close = picture.find(']', at);
    if (close == std::string_view::npos) throw fault("D3135");
    Part part = parse_marker(picture.substr(at + 1, close - at - 1));
    // A number that another number follows at once must have a known width to be read.
    bool is_integer = part.integer && part.names == Names::none &&
                      integer_components.find(part.component) != std::string_view::npos;
    if (is_integer && !result.parts.empty() && result.parts.back().integer)
      result.parts.back().integer->parse_width = result.parts.back().integer->mandatory;
    result.parts.push_back(std::move(part));
    at = close;
    start = close + 1;
  }
  add_literal(result, picture.substr(start));
  return result;
}

std::string DatePicture::format(double ms, int offset_minutes) const {
  if (!(std::fabs(ms) <= largest_ms))
    throw fault("D1001").with_value(Value::number(ms)).with_text("the time is out of range");
  double local = std::trunc(ms) + offset_minutes * 60'000.0;
  std::string out;
  for (const Part& part : parts)
    out += part.component ? format_part(part, local, offset_minutes) : part.literal;
  return out;
}

}  // namespace waggle::jsonata
