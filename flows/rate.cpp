#include "flows/rate.hpp"

#include <array>
#include <charconv>

#include "flows/duration.hpp"

namespace waggle::flows {

std::optional<Rate> parse_rate(std::string_view text) {
  using namespace std::chrono_literals;
  constexpr std::array<std::pair<std::string_view, std::chrono::milliseconds>, 8> words{{{"s", 1s},
                                                                                         {"sec", 1s},
                                                                                         {"m", 1min},
                                                                                         {"min", 1min},
                                                                                         {"h", 1h},
                                                                                         {"hour", 1h},
                                                                                         {"d", 24h},
                                                                                         {"day", 24h}}};
  Rate rate;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), rate.count);
  if (problem != std::errc{} || rate.count < 1 || rate.count > max_rate_count) return std::nullopt;
  std::string_view span = text.substr(static_cast<std::size_t>(end - text.data()));
  if (span.size() < 2 || span.front() != '/') return std::nullopt;
  span.remove_prefix(1);
  for (const auto& [word, length] : words)
    if (word == span) rate.span = length;
  if (rate.span.count() == 0) rate.span = parse_duration(span).value_or(0ms);
  if (rate.span.count() == 0) return std::nullopt;
  return rate;
}

std::string to_text(const Rate& rate) { return std::to_string(rate.count) + "/" + to_text(rate.span); }

}  // namespace waggle::flows
