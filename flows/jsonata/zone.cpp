// Offsets of time zones: written ones (+0100, -05:30, Z) and the names of the IANA database (Europe/Berlin).
#include <cstdlib>

#include "flows/jsonata/date_picture.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/time_zone.hpp"

namespace waggle::jsonata {

namespace {

/// +hh, +hmm, +hhmm, +hh:mm; the sign may be missing.
bool read_offset(std::string_view text, int& minutes) {
  bool west = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  std::string digits;
  std::size_t colon = text.find(':');
  for (char c : text) {
    if (c == ':') continue;
    if (c < '0' || c > '9') return false;
    digits += c;
  }
  if (digits.empty() || digits.size() > 4) return false;
  int hours = 0, rest = 0;
  if (colon != std::string_view::npos) {
    hours = std::atoi(digits.substr(0, colon).c_str());
    rest = std::atoi(digits.substr(colon).c_str());
  } else {
    int number = std::atoi(digits.c_str());
    hours = number / 100;
    rest = number % 100;
  }
  if (hours > 23 || rest > 59) return false;
  minutes = hours * 60 + rest;
  if (west) minutes = -minutes;
  return true;
}

}  // namespace

int offset_of_zone(std::string_view zone, double ms) {
  if (zone == "Z" || zone == "UTC" || zone == "GMT") return 0;
  int minutes = 0;
  if (read_offset(zone, minutes)) return minutes;
  const TimeZone* known = TimeZone::find(zone);
  if (!known)
    throw fault("W2001")
        .with_value(Value::string(zone))
        .with_text("\"" + std::string(zone) +
                   "\" is neither an offset like +0100 nor a time zone like Europe/Berlin");
  return known->offset_minutes(ms);
}

}  // namespace waggle::jsonata
