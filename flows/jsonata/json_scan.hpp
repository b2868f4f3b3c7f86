// Comparing and hashing names in JSON text sixteen bytes at a time, beside the SDK's search for plain bytes.
// Pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include <waggle/detail/plain_bytes.ipp>

#include "flows/jsonata/value.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace waggle::jsonata {

using detail::plain_bytes;
using detail::plain_end;
using detail::scan_bytes;
using detail::skip_plain;

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
