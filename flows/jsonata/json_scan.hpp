// Looking at JSON text sixteen bytes at a time. Used by the parser and the writer; pure functions, any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "flows/jsonata/value.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace waggle::jsonata {

inline constexpr unsigned scan_bytes = 16;  ///< what the functions below read, so `end - at` must be at least

/// How many of the 16 bytes at `at` need no attention inside a JSON string: printable ASCII other than quote
/// and backslash. 16 when all.
inline unsigned plain_bytes(const char* at) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
  __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  // The signed comparison also finds bytes of 0x80 and above.
  __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                 _mm_cmplt_epi8(bytes, space));
  auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
  return static_cast<unsigned>(__builtin_ctz(mask | 1u << scan_bytes));
#else
  unsigned n = 0;
  while (n < scan_bytes && static_cast<signed char>(at[n]) >= 0x20 && at[n] != '"' && at[n] != '\\') ++n;
  return n;
#endif
}

/// Moves past bytes that need no attention.
inline const char* skip_plain(const char* at, const char* end) {
  while (end - at >= static_cast<int>(scan_bytes)) {
    unsigned n = plain_bytes(at);
    at += n;
    if (n < scan_bytes) return at;
  }
  while (at < end && static_cast<signed char>(*at) >= 0x20 && *at != '"' && *at != '\\') ++at;
  return at;
}

/// Whether eight bytes are all plain, see plain_bytes().
inline bool is_plain_word(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w; };
  std::uint64_t special =
      has_zero(word ^ ones * '"') | has_zero(word ^ ones * '\\') | ((word - ones * 0x20) & ~word) | word;
  return (special & high) == 0;
}

/// Whether fewer than 16 bytes are all plain; reads no byte outside.
inline bool is_plain_text(const char* at, unsigned length) {
  std::uint64_t first = 0, last = 0;
  if (length >= 8) {
    std::memcpy(&first, at, 8);
    std::memcpy(&last, at + length - 8, 8);
    return is_plain_word(first) && is_plain_word(last);
  }
  if (length >= 4) {
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + length - 4, 4);
    return is_plain_word(first | last << 32);
  }
  for (unsigned i = 0; i < length; ++i)
    if (static_cast<signed char>(at[i]) < 0x20 || at[i] == '"' || at[i] == '\\') return false;
  return true;
}

/// Whether the first `length` (at most 16) of 16 readable bytes are the same.
inline bool same_bytes(const char* a, const char* b, unsigned length) {
#ifdef __SSE2__
  __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)),
                                 _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
  auto different = ~static_cast<unsigned>(_mm_movemask_epi8(equal));
  return (different & ((1u << length) - 1)) == 0;
#else
  return std::memcmp(a, b, length) == 0;
#endif
}

/// key_hash() of a name of at most 16 bytes when 16 bytes may be read.
inline std::uint32_t short_key_hash(const char* at, unsigned length) {
  static constexpr auto masks = [] {
    std::array<std::array<std::uint64_t, 2>, scan_bytes + 1> m{};
    for (unsigned n = 0; n <= scan_bytes; ++n) {
      m[n][0] = n >= 8 ? ~0ull : (1ull << 8 * n) - 1;
      m[n][1] = n >= 16 ? ~0ull : n <= 8 ? 0 : (1ull << 8 * (n - 8)) - 1;
    }
    return m;
  }();
  std::uint64_t words[2];
  std::memcpy(words, at, sizeof words);
  return mix_key(words[0] & masks[length][0], words[1] & masks[length][1], length);
}

}  // namespace waggle::jsonata
