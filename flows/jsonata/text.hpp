// Text as JavaScript sees it over UTF-8 bytes: code points, UTF-16 units, its order of strings, its letter
// case. Lone surrogates are three-byte sequences (WTF-8). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::jsonata {

inline constexpr std::uint32_t replacement_character = 0xFFFD;

/// The code point at `at`, and moves `at` behind it. Bytes that are no UTF-8 count as one character each.
std::uint32_t next_code_point(std::string_view text, std::size_t& at);
void append_code_point(std::string& out, std::uint32_t code_point);
/// The same into a buffer with room for 4 bytes; returns the bytes written.
unsigned write_code_point(char* out, std::uint32_t code_point);

bool is_ascii(std::string_view text);
std::size_t count_code_points(std::string_view text);
std::size_t count_utf16(std::string_view text);
/// Byte offset of the n-th code point (text.size() when there are fewer).
std::size_t offset_of_code_point(std::string_view text, std::size_t n);
/// Bytes of the code point that starts at `at`.
inline unsigned code_point_bytes(char lead) {
  auto c = static_cast<unsigned char>(lead);
  return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}
bool is_lone_surrogate(std::uint32_t code_point);
bool has_lone_surrogate(std::string_view text);
/// Strict UTF-8: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

/// Joins a high surrogate at the end of `out` with a low one that follows, as concatenating UTF-16 does.
void append_wtf8(std::string& out, std::string_view text);

/// < 0, 0, > 0 in JavaScript's order, which compares UTF-16 units.
int compare_text(std::string_view a, std::string_view b);

/// Full Unicode case mapping, as String.prototype.toUpperCase.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

}  // namespace waggle::jsonata
