// Format: RFC 8536 (TZif), read 2026-11.
#include "flows/jsonata/time_zone.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>

#include "flows/jsonata/calendar.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view database = "/usr/share/zoneinfo/";
constexpr std::size_t longest_name = 64;
constexpr std::size_t most_kept = 1000;  // the database has about 600 names

std::int64_t big_endian(std::string_view data, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(data[at + i]);
  if (bytes == 4) return static_cast<std::int32_t>(value);
  return static_cast<std::int64_t>(value);
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || name[0] < 'A' || name[0] > 'Z') return false;
  for (char c : name) {
    bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
                c == '_' || c == '-' || c == '+';
    if (!good) return false;
  }
  return true;
}

/// Reads a POSIX TZ rule such as CET-1CEST,M3.5.0,M10.5.0/3.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  /// Offset in seconds at `t` (seconds since 1970); false when the rule cannot be read.
  bool offset_at(double t, int& out) {
    int standard = 0, daylight = 0;
    if (!skip_name() || !read_offset(standard)) return false;
    standard = -standard;
    out = standard;
    if (text_.empty()) return true;
    if (!skip_name()) return false;
    daylight = standard + 3600;
    if (!text_.empty() && text_[0] != ',') {
      if (!read_offset(daylight)) return false;
      daylight = -daylight;
    }
    std::int64_t year = moment_of((t + standard) * 1000).date.year;
    double start = 0, end = 0;
    if (!read_change(year, start) || !read_change(year, end)) return false;
    start -= standard;
    end -= daylight;
    bool summer = start < end ? t >= start && t < end : t >= start || t < end;
    out = summer ? daylight : standard;
    return true;
  }

 private:
  bool skip_name() {
    std::size_t n = 0;
    if (!text_.empty() && text_[0] == '<') {
      n = text_.find('>');
      if (n == std::string_view::npos) return false;
      ++n;
    } else {
      while (n < text_.size() && ((text_[n] | 0x20) >= 'a' && (text_[n] | 0x20) <= 'z')) ++n;
    }
    text_.remove_prefix(n);
    return n > 0;
  }
  bool number(int& out) {
    std::size_t n = 0;
    out = 0;
    while (n < text_.size() && text_[n] >= '0' && text_[n] <= '9' && n < 4)
      out = out * 10 + (text_[n++] - '0');
    text_.remove_prefix(n);
    return n > 0;
  }
  bool next(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool read_offset(int& seconds) {
    bool negative = next('-');
    if (!negative) next('+');
    int hours = 0, minutes = 0, rest = 0;
    if (!number(hours)) return false;
    if (next(':') && !number(minutes)) return false;
    if (next(':') && !number(rest)) return false;
    seconds = hours * 3600 + minutes * 60 + rest;
    if (negative) seconds = -seconds;
    return true;
  }
  bool read_change(std::int64_t year, double& local_seconds) {
    int month = 0, week = 0, weekday = 0, time = 7200;
    if (!next(',')) return false;
    std::int64_t day = 0;
    if (next('M')) {
      if (!number(month) || !next('.') || !number(week) || !next('.') || !number(weekday)) return false;
      if (month < 1 || month > 12) return false;
      std::int64_t first = days_from_civil(year, month, 1);
      int first_weekday = static_cast<int>(((first + 4) % 7 + 7) % 7);  // 0 = Sunday
      int offset = (weekday - first_weekday + 7) % 7 + (week - 1) * 7;
      while (offset >= days_in_month(year, month)) offset -= 7;
      day = first + offset;
    } else {
      bool without_leap_day = next('J');
      int n = 0;
      if (!number(n)) return false;
      if (without_leap_day) {
        bool leap = days_in_month(year, 2) == 29;
        n += leap && n >= 60 ? 0 : -1;
      }
      day = days_from_civil(year, 1, 1) + n;
    }
    if (next('/') && !read_offset(time)) return false;
    local_seconds = static_cast<double>(day) * 86'400 + time;
    return true;
  }

  std::string_view text_;
};

}  // namespace

const TimeZone* TimeZone::find(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<TimeZone>, std::less<>> known;
  if (!is_name(name)) return nullptr;
  std::lock_guard lock(mutex);
  if (auto found = known.find(name); found != known.end()) return found->second.get();
  auto zone = std::make_unique<TimeZone>();
  if (!zone->load(std::string(database) + std::string(name))) return nullptr;
  if (known.size() >= most_kept) return nullptr;
  return known.emplace(name, std::move(zone)).first->second.get();
}

bool TimeZone::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  if (!file || !(all << file.rdbuf())) return false;
  std::string data = all.str();
  constexpr std::size_t header = 44;
  if (data.size() < header || data.compare(0, 4, "TZif") != 0 || data[4] < '2') return false;
  struct Counts {
    std::size_t utc, standard, leaps, times, types, letters;
  };
  auto counts = [&](std::size_t at) {
    auto n = [&](std::size_t i) { return static_cast<std::size_t>(big_endian(data, at + 20 + i * 4, 4)); };
    return Counts{n(0), n(1), n(2), n(3), n(4), n(5)};
  };
  // The first block holds 32-bit times and is skipped; the second has 64 bits.
  Counts c = counts(0);
  std::size_t at = header + c.times * 5 + c.types * 6 + c.letters + c.leaps * 8 + c.standard + c.utc;
  if (at + header > data.size() || data.compare(at, 4, "TZif") != 0) return false;
  c = counts(at);
  at += header;
  std::size_t types = at + c.times * 9;
  std::size_t end = types + c.types * 6 + c.letters + c.leaps * 12 + c.standard + c.utc;
  if (end > data.size() || c.types == 0) return false;
  auto offset = [&](std::size_t type) { return static_cast<int>(big_endian(data, types + type * 6, 4)); };
  first_offset_ = offset(0);
  for (std::size_t i = 0; i < c.times; ++i) {
    auto type = static_cast<unsigned char>(data[at + c.times * 8 + i]);
    if (type >= c.types) return false;
    times_.push_back(big_endian(data, at + i * 8, 8));
    offsets_.push_back(offset(type));
  }
  if (end + 1 < data.size()) footer_ = data.substr(end + 1, data.find('\n', end + 1) - end - 1);
  return true;
}

int TimeZone::from_footer(double seconds) const {
  int offset = offsets_.empty() ? first_offset_ : offsets_.back();
  if (!footer_.empty()) RuleReader(footer_).offset_at(seconds, offset);
  return offset;
}

int TimeZone::seconds_at(double ms) const {
  double seconds = std::floor(ms / 1000);
  if (times_.empty() || seconds >= static_cast<double>(times_.back())) return from_footer(seconds);
  auto after = std::upper_bound(times_.begin(), times_.end(), static_cast<std::int64_t>(seconds));
  if (after == times_.begin()) return first_offset_;
  return offsets_[static_cast<std::size_t>(after - times_.begin()) - 1];
}

double TimeZone::utc_of_local(double local_ms) const {
  constexpr double day = 86'400'000;
  int before = seconds_at(local_ms - day), behind = seconds_at(local_ms + day);
  double with_before = local_ms - before * 1000.0, with_behind = local_ms - behind * 1000.0;
  if (before == behind || seconds_at(with_before) == before) return with_before;
  return seconds_at(with_behind) == behind ? with_behind : with_before;
}

}  // namespace waggle::jsonata
