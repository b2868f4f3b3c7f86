#include "tests/durability/harness/message.hpp"

#include <charconv>
#include <cmath>
#include <random>
#include <string_view>

namespace waggle::durability {
namespace {

/// Of a hundred messages: this many fail at their target up to twice, go through three steps with a wait, or
/// through two actions in a row.
constexpr int kTwice = 2, kSteps = 10, kPair = 10;

constexpr double kSmallest = 200, kUsual = 2048, kLargest = 64 * 1024;

/// Nine of ten are small, as webhooks are; the tenth is anything up to the largest.
std::size_t size_of(std::mt19937_64& random) {
  std::uniform_real_distribution<double> part(0, 1);
  const double largest = part(random) < 0.9 ? kUsual : kLargest;
  return static_cast<std::size_t>(kSmallest * std::pow(largest / kSmallest, part(random)));
}

/// Text that is the same in JSON, with what goes wrong easily: two-, three- and four-byte characters.
std::string filling(std::mt19937_64& random, std::size_t bytes) {
  constexpr std::string_view pieces[] = {"order ", "é", "€", "🐝", "0.10 ", "{}", "[,] ", "honey "};
  std::string text;
  while (text.size() < bytes) text += pieces[random() % std::size(pieces)];
  return text;
}

Kind kind_of(std::mt19937_64& random) {
  const int of_hundred = static_cast<int>(random() % 100);
  if (of_hundred < kTwice) return Kind::twice;
  if (of_hundred < kTwice + kSteps) return Kind::steps;
  if (of_hundred < kTwice + kSteps + kPair) return Kind::pair;
  return Kind::plain;
}

}  // namespace

Message message(std::uint64_t seed, std::int64_t number) {
  std::mt19937_64 random(seed * 1'000'003 + static_cast<std::uint64_t>(number));
  Message made;
  made.number = number;
  made.kind = kind_of(random);
  made.id = "m" + std::to_string(number);
  const int pause_ms = 1000 + static_cast<int>(random() % 2001);
  made.body = "{\"id\":\"" + made.id +
              "\",\"total\":100.00,\"big\":12345678901234567890,\"pause_ms\":" + std::to_string(pause_ms) +
              ",\"text\":\"" + filling(random, size_of(random)) + "\"}";
  return made;
}

std::optional<std::int64_t> number_of(const std::string& id) {
  std::int64_t number = 0;
  if (id.empty() || id[0] != 'm') return {};
  const auto [end, error] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size()) return {};
  return number;
}

std::string path_of(Kind kind) {
  switch (kind) {
    case Kind::twice:
      return "/twice";
    case Kind::steps:
      return "/steps";
    case Kind::pair:
      return "/pair";
    case Kind::plain:
    case Kind::unset:
      break;
  }
  return "/plain";
}

std::vector<std::string> deliveries_of(Kind kind) {
  if (kind == Kind::steps) return {"/steps/first", "/steps/last"};
  if (kind == Kind::pair) return {"/pair/first", "/pair/last"};
  return {path_of(kind)};
}

std::vector<std::string> all_deliveries() {
  std::vector<std::string> all;
  for (const Kind kind : {Kind::plain, Kind::twice, Kind::steps, Kind::pair})
    for (const std::string& path : deliveries_of(kind)) all.push_back(path);
  return all;
}

/// FNV-1a, twice with different starts: 128 bits against chance, not against malice.
std::string digest(const std::string& body) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::uint64_t hash : {14695981039346656037ull, 1099511628211ull * 77}) {
    for (const unsigned char byte : body) hash = (hash ^ byte) * 1099511628211ull;
    for (int bits = 60; bits >= 0; bits -= 4) text += digits[(hash >> bits) & 15];
  }
  return text;
}

}  // namespace waggle::durability
