#include "flows/duration.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace waggle::flows {
namespace {

struct Unit {
  std::string_view word;
  std::int64_t ms;
};
constexpr std::array<Unit, 6> units{
    {{"w", 7 * 86'400'000LL}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  std::size_t next_unit = 0;  // units may only get smaller: 1h30m, never 30m1h
  while (!text.empty()) {
    double number = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (problem != std::errc{} || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::string_view word = text.substr(0, text.find_first_of("0123456789."));
    text.remove_prefix(word.size());
    while (next_unit < units.size() && units[next_unit].word != word) ++next_unit;
    if (next_unit == units.size()) return std::nullopt;
    total += number * static_cast<double>(units[next_unit++].ms);
    if (!(total <= static_cast<double>(max_duration.count()))) return std::nullopt;
  }
  return std::chrono::milliseconds(std::llround(total));
}

std::string to_text(std::chrono::milliseconds duration) {
  std::int64_t left = duration.count();
  std::string text;
  for (const Unit& unit : units) {
    if (unit.word == "w") continue;  // 7d reads better than 1w
    if (left / unit.ms > 0) text += std::to_string(left / unit.ms) + std::string(unit.word);
    left %= unit.ms;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace waggle::flows
