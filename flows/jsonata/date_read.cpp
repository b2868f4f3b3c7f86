// Reading dates and times by picture and in ISO 8601.
#include <array>
#include <cmath>
#include <map>
#include <memory>

#include "flows/jsonata/calendar.hpp"
#include "flows/jsonata/context.hpp"
#include "flows/jsonata/date_parts.hpp"
#include "flows/jsonata/date_picture.hpp"
#include "flows/jsonata/regex.hpp"

namespace waggle::jsonata {

namespace {

using Part = DatePicture::Part;

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
  return true;
}

template <std::size_t n>
double position_of(std::string_view word, const std::array<const char*, n>& names, int width) {
  for (std::size_t i = 0; i < n; ++i) {
    std::string_view name = names[i];
    if (same_word(word, width > 0 ? name.substr(0, static_cast<std::size_t>(width)) : name))
      return static_cast<double>(i + 1);
  }
  return NAN;
}

std::string quoted_pattern(std::string_view literal) {
  std::string out;
  for (char c : literal) {
    if (std::string_view(".*+?^${}()|[]\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

bool is_zone(const Part& part) { return part.component == 'Z' || part.component == 'z'; }

std::string zone_separator(const Part& part) {
  if (!part.integer->regular) return {};
  std::string out;
  char32_t c = part.integer->separators[0].character;
  if (c < 0x80) out += static_cast<char>(c);
  return out;
}

std::string pattern_of(const Part& part) {
  if (!part.component) return quoted_pattern(part.literal);
  if (is_zone(part)) {
    std::string separator = zone_separator(part);
    std::string out = part.component == 'z' ? "GMT[-+][0-9]+" : "[-+][0-9]+";
    return separator.empty() ? out : out + quoted_pattern(separator) + "[0-9]+";
  }
  if (part.component == 'f') return "[0-9]+";
  if (part.integer) return part.integer->pattern();
  if (std::string_view("MxFP").find(part.component) == std::string_view::npos)
    throw fault("D3133").with_value(Value::string({&part.component, 1}));
  return "[a-zA-Z]+";
}

double number_in(std::string_view digits) {
  double value = 0;
  bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  for (char c : digits) {
    if (c < '0' || c > '9') break;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

/// Minutes east of Greenwich. The sign counts for the minutes, too.
double read_zone(const Part& part, std::string_view text) {
  if (part.component == 'z') text.remove_prefix(3);
  bool west = text[0] == '-';
  text.remove_prefix(1);
  std::string separator = zone_separator(part);
  double hours = 0, minutes = 0;
  if (!separator.empty()) {
    std::size_t at = text.find(separator);
    hours = number_in(text.substr(0, at));
    minutes = number_in(text.substr(at + 1));
  } else if (text.size() <= 2) {
    hours = number_in(text);
  } else {
    hours = number_in(text.substr(0, 2));
    minutes = number_in(text.substr(2));
  }
  double total = hours * 60 + minutes;
  return west ? -total : total;
}

double read_part(const Part& part, std::string_view text) {
  if (is_zone(part)) return read_zone(part, text);
  if (part.component == 'f')
    return std::round(number_in(text.substr(0, 3)) *
                      std::pow(10, 3 - static_cast<double>(std::min<std::size_t>(3, text.size()))));
  if (part.integer) return part.integer->read(text);
  if (part.component == 'F') return position_of(text, day_names, part.width_most);
  if (part.component == 'P') return same_word(text, "am") ? 0 : same_word(text, "pm") ? 1 : NAN;
  double month = position_of(text, month_names, part.width_most);
  if (std::isnan(month))
    throw fault("D3110")
        .with_value(Value::string(text))
        .with_text("\"" + std::string(text) + "\" is not the name of a month");
  return month;
}

/// What was read, by component; NaN is "not there".
struct Components {
  std::array<double, 128> values;
  Components() { values.fill(NAN); }
  double& operator[](char c) { return values[static_cast<std::size_t>(c)]; }
  bool has(char c) const { return !std::isnan(values[static_cast<std::size_t>(c)]); }
  unsigned mask(std::string_view names) const {
    unsigned bits = 0;
    for (char c : names) bits = bits << 1 | (has(c) && values[static_cast<std::size_t>(c)] != 0);
    return bits;
  }
};

/// No part outside `type` is there, and at least one inside.
bool is_type(unsigned mask, unsigned type) { return !(~type & mask) && (type & mask); }

double assemble(Components& c, double now) {
  unsigned date = c.mask("YXMxWwdD"), time = c.mask("PHhmsf");
  bool by_date = is_type(date, 0b10100001), by_day = !by_date && is_type(date, 0b10000010);
  bool by_month_week = is_type(date, 0b01010100), by_week = !by_month_week && is_type(date, 0b01001000);
  bool by_24 = is_type(time, 0b010111), by_12 = !by_24 && is_type(time, 0b101111);
  std::string order = by_day ? "YD" : by_month_week ? "XxwF" : by_week ? "XWF" : "YMD";
  order += by_12 ? "Phmsf" : "Hmsf";
  bool started = false, ended = false;
  for (char part : order) {
    if (c.has(part)) {
      started = true;
      if (ended) throw fault("D3136");
    } else if (started) {
      c[part] = part == 'M' || part == 'D' || part == 'd' ? 1 : 0;
      ended = true;
    } else {
      c[part] = date_part(now, part);
    }
  }
  if (by_month_week || by_week) throw fault("D3136");  // the reference cannot read weeks either
  double month = c['M'] > 0 ? c['M'] : 1, day = c['D'];
  if (by_day) {
    month = 1;
    day = c['d'];
  }
  double hour = c['H'];
  if (by_12) hour = (c['h'] == 12 ? 0 : c['h']) + (c['P'] == 1 ? 12 : 0);
  return ms_from_parts(c['Y'], month, day, hour, c['m'], c['s'], c['f']);
}

/// Patterns of pictures seen lately; a flow uses a handful.
const Regex& regex_of(const DatePicture& picture) {
  constexpr std::size_t most = 64;
  thread_local std::map<std::string, std::unique_ptr<Regex>> cache;
  std::string pattern = "^";
  for (const Part& part : picture.parts) pattern += "(" + pattern_of(part) + ")";
  pattern += "$";
  if (auto found = cache.find(pattern); found != cache.end()) return *found->second;
  if (cache.size() >= most) cache.clear();
  return *cache.emplace(pattern, std::make_unique<Regex>(pattern, "i")).first->second;
}

}  // namespace

std::optional<double> DatePicture::read(Context& context, std::string_view text, double now,
                                        std::optional<int>* zone_minutes) const {
  std::vector<Regex::Group> groups;
  if (!regex_of(*this).find(context, text, 0, groups)) return {};
  Components components;
  bool any = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].component) continue;
    any = true;
    std::string_view part = text.substr(groups[i + 1].start, groups[i + 1].end - groups[i + 1].start);
    double value = read_part(parts[i], part);
    // Two digits of a year mean this century's or the last's as in JavaScript: 1900 + yy.
    if (parts[i].component == 'Y' && part.size() <= 2 && value >= 0 && value < 100) value += 1900;
    components[parts[i].component] = value;
  }
  if (!any) return {};
  std::optional<int> zone;
  for (char c : {'Z', 'z'})
    if (components.has(c)) zone = static_cast<int>(components[c]);
  double ms = assemble(components, now);
  if (zone) ms -= *zone * 60'000.0;
  if (zone_minutes) *zone_minutes = zone;
  return ms;
}

double ms_from_iso(std::string_view text, bool* local) {
  std::size_t at = 0;
  auto digits = [&](std::size_t count, double& out) {
    out = 0;
    if (at + count > text.size()) return false;
    for (std::size_t i = 0; i < count; ++i) {
      char c = text[at + i];
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    at += count;
    return true;
  };
  auto next = [&](char c) { return at < text.size() && text[at] == c && ++at; };
  double year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0, offset = 0;
  if (!digits(4, year)) return NAN;
  if (next('-')) {
    if (!digits(2, month)) return NAN;
    if (next('-') && !digits(2, day)) return NAN;
  }
  bool timed = next('T');
  if (timed && !(digits(2, hour) && next(':') && digits(2, minute) && next(':') && digits(2, second)))
    return NAN;
  if (next('.')) {
    double scale = 100;
    std::size_t start = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      if (scale >= 1) ms += (text[at] - '0') * scale;
    if (at == start) return NAN;
  }
  if (local) *local = at == text.size() && timed;
  if (!next('Z') && at < text.size()) {
    double sign = next('-') ? -1 : 1, hours = 0, minutes = 0;
    if (sign > 0 && !next('+')) return NAN;
    if (!digits(2, hours)) return NAN;
    next(':');
    if (!digits(2, minutes)) return NAN;
    offset = sign * (hours * 60 + minutes);
  }
  bool in_range = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 24 && minute < 60 &&
                  second < 60 && (hour < 24 || (minute == 0 && second == 0 && ms == 0));
  if (at != text.size() || !in_range) return NAN;
  return ms_from_parts(year, month, day, hour, minute, second, ms) - offset * 60'000;
}

}  // namespace waggle::jsonata
