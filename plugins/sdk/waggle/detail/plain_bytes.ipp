// Bytes that need no attention inside a JSON string, found sixteen at a time. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace waggle::detail {

inline constexpr unsigned scan_bytes = 16;  ///< what plain_bytes reads, so `end - at` must be at least that

/// ASCII from the space on, other than quote and backslash.
inline bool is_plain(char c) { return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\'; }

/// How many of the 16 bytes at `at` are plain, from the first on. 16 when all.
inline unsigned plain_bytes(const char* at) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  // The signed comparison also finds bytes of 0x80 and above.
  const __m128i special =
      _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                   _mm_cmplt_epi8(bytes, space));
  const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
  return static_cast<unsigned>(__builtin_ctz(mask | 1u << scan_bytes));
#else
  unsigned n = 0;
  while (n < scan_bytes && is_plain(at[n])) ++n;
  return n;
#endif
}

/// Moves past plain bytes.
inline const char* skip_plain(const char* at, const char* end) {
  while (end - at >= static_cast<std::ptrdiff_t>(scan_bytes)) {
    const unsigned n = plain_bytes(at);
    at += n;
    if (n < scan_bytes) return at;
  }
  while (at < end && is_plain(*at)) ++at;
  return at;
}

/// Whether eight bytes are all plain, see is_plain().
inline bool is_plain_word(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w; };
  std::uint64_t special =
      has_zero(word ^ ones * '"') | has_zero(word ^ ones * '\\') | ((word - ones * 0x20) & ~word) | word;
  return (special & high) == 0;
}

/// Whether a text shorter than scan_bytes is plain; reads no byte outside.
inline bool is_plain_short(std::string_view text) {
  const char* const at = text.data();
  const std::size_t length = text.size();
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
  for (const char c : text)
    if (!is_plain(c)) return false;
  return true;
}

/// Where the plain beginning of a text ends; most texts are plain, and short.
inline const char* plain_end(std::string_view text) {
  const char* const end = text.data() + text.size();
  return text.size() < scan_bytes && is_plain_short(text) ? end : skip_plain(text.data(), end);
}

}  // namespace waggle::detail
