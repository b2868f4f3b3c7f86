#include "core/store/ids.hpp"

#include <sys/random.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace waggle::store {
namespace {

/// Random numbers fetched per system call; a call costs about as much as making a thousand ids.
constexpr std::size_t random_at_once = 64;

/// From the kernel, never from a seeded generator: ids are part of addresses and idempotency keys. A forked
/// child that does not exec would share the rest of the stock; Waggle's children always exec.
std::uint64_t random_64() {
  thread_local std::array<std::uint64_t, random_at_once> stock;
  thread_local std::size_t left = 0;
  if (left == 0) {
    auto* bytes = reinterpret_cast<unsigned char*>(stock.data());
    for (std::size_t have = 0; have < sizeof stock;) {
      const ssize_t got = getrandom(bytes + have, sizeof stock - have, 0);
      if (got > 0)
        have += static_cast<std::size_t>(got);
      else if (errno != EINTR)
        std::abort();  // cannot happen on a kernel that runs this program
    }
    left = random_at_once;
  }
  return stock[--left];
}

/// 48 bits of milliseconds and a 12-bit counter, strictly growing: RFC 9562, 6.2, method 1.
std::uint64_t next_tick(std::int64_t now_ms) {
  static std::atomic<std::uint64_t> last{0};
  const std::uint64_t wanted = static_cast<std::uint64_t>(now_ms) << 12;
  std::uint64_t before = last.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = wanted > before ? wanted : before + 1;
  } while (!last.compare_exchange_weak(before, next, std::memory_order_relaxed));
  return next;
}

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool dash_at(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string new_id(std::int64_t now_ms) {
  const std::uint64_t tick = next_tick(now_ms);
  const std::uint64_t high = (tick >> 12 << 16) | 0x7000u | (tick & 0xfffu);
  const std::uint64_t low = (random_64() >> 2) | (1ull << 63);
  IdBytes bytes;
  for (int i = 0; i < 8; ++i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<unsigned char>(high >> (56 - 8 * i));
    bytes[static_cast<std::size_t>(i + 8)] = static_cast<unsigned char>(low >> (56 - 8 * i));
  }
  return id_text(bytes);
}

std::optional<IdBytes> id_bytes(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  IdBytes bytes;
  std::size_t out = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (dash_at(i)) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[out++] = static_cast<unsigned char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

std::string id_text(const IdBytes& bytes) {
  std::string text(36, '-');
  std::size_t at = 0;
  for (unsigned char byte : bytes) {
    if (dash_at(at)) ++at;
    text[at++] = hex_digits[byte >> 4];
    text[at++] = hex_digits[byte & 15];
  }
  return text;
}

}  // namespace waggle::store
