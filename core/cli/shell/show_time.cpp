#include "core/cli/shell/show_time.hpp"

#include <waggle/time.hpp>

namespace waggle::cli {
namespace {

constexpr std::int64_t second = 1'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

}  // namespace

std::string full_time(std::int64_t unix_ms) { return unix_ms == 0 ? "" : to_rfc3339(from_unix_ms(unix_ms)); }

std::string short_time(std::int64_t unix_ms) {
  if (unix_ms == 0) return "";
  const std::string full = to_rfc3339(from_unix_ms(unix_ms - unix_ms % second));  // 2026-11-23T10:40:34Z
  return full.substr(5, 5) + " " + full.substr(11, 8);
}

std::string short_duration(std::int64_t ms) {
  if (ms < second) return std::to_string(ms) + " ms";
  if (ms < minute) return std::to_string(ms / second) + "." + std::to_string(ms % second / 100) + " s";
  if (ms < hour) return std::to_string(ms / minute) + " min";
  if (ms < 2 * day) return std::to_string(ms / hour) + " h";
  return std::to_string(ms / day) + " d";
}

}  // namespace waggle::cli
