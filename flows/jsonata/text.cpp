#include "flows/jsonata/text.hpp"

#include <cstring>

namespace waggle::jsonata {

std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::uint32_t lead = byte(at);
  unsigned length = code_point_bytes(text[at]);
  if (length == 1 || at + length > text.size()) {
    ++at;
    return lead;
  }
  std::uint32_t code = length == 2 ? lead & 0x1F : length == 3 ? lead & 0x0F : lead & 0x07;
  for (unsigned i = 1; i < length; ++i) code = code << 6 | (byte(at + i) & 0x3F);
  at += length;
  return code;
}

unsigned write_code_point(char* out, std::uint32_t c) {
  auto put = [&](unsigned i, std::uint32_t b) { out[i] = static_cast<char>(b); };
  if (c < 0x80) {
    put(0, c);
    return 1;
  }
  if (c < 0x800) {
    put(0, 0xC0 | c >> 6);
    put(1, 0x80 | (c & 0x3F));
    return 2;
  }
  if (c < 0x10000) {
    put(0, 0xE0 | c >> 12);
    put(1, 0x80 | (c >> 6 & 0x3F));
    put(2, 0x80 | (c & 0x3F));
    return 3;
  }
  put(0, 0xF0 | c >> 18);
  put(1, 0x80 | (c >> 12 & 0x3F));
  put(2, 0x80 | (c >> 6 & 0x3F));
  put(3, 0x80 | (c & 0x3F));
  return 4;
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  char bytes[4];
  out.append(bytes, write_code_point(bytes, code_point));
}

bool is_ascii(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080u) return false;
  }
  for (; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  return true;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

std::size_t count_utf16(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) {
    auto b = static_cast<unsigned char>(c);
    count += ((b & 0xC0) != 0x80) + (b >= 0xF0);
  }
  return count;
}

std::size_t offset_of_code_point(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  while (n > 0 && at < text.size()) {
    at += code_point_bytes(text[at]);
    --n;
  }
  return at < text.size() ? at : text.size();
}

bool is_lone_surrogate(std::uint32_t code_point) { return code_point >= 0xD800 && code_point < 0xE000; }

bool has_lone_surrogate(std::string_view text) {
  for (std::size_t i = text.find('\xED'); i != std::string_view::npos; i = text.find('\xED', i + 1))
    if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0) return true;
  return false;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    auto lead = static_cast<unsigned char>(text[at]);
    std::size_t length = code_point_bytes(text[at]);
    if (lead >= 0x80 && lead < 0xC2) return false;
    if (lead >= 0xF5 || at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return false;
    std::uint32_t code = next_code_point(text, at);
    bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || is_lone_surrogate(code) || code > 0x10FFFF) return false;
  }
  return true;
}

void append_wtf8(std::string& out, std::string_view text) {
  auto is_half = [](std::string_view s, std::size_t at, unsigned char low, unsigned char high) {
    return s.size() >= at + 3 && s[at] == '\xED' && static_cast<unsigned char>(s[at + 1]) >= low &&
           static_cast<unsigned char>(s[at + 1]) <= high;
  };
  if (out.size() >= 3 && is_half(out, out.size() - 3, 0xA0, 0xAF) && is_half(text, 0, 0xB0, 0xBF)) {
    std::size_t at = out.size() - 3;
    std::uint32_t high = next_code_point(out, at);
    out.resize(out.size() - 3);
    at = 0;
    std::uint32_t low = next_code_point(text, at);
    append_code_point(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    text.remove_prefix(3);
  }
  out.append(text);
}

int compare_text(std::string_view a, std::string_view b) {
  std::size_t shorter = a.size() < b.size() ? a.size() : b.size();
  std::size_t i = 0;
  while (i < shorter && a[i] == b[i]) ++i;
  if (i == shorter) return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
  auto x = static_cast<unsigned char>(a[i]), y = static_cast<unsigned char>(b[i]);
  // Code points from U+10000 are surrogate pairs in UTF-16 and so sort before U+E000..U+FFFF.
  if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0)) return x >= 0xF0 ? -1 : 1;
  return x < y ? -1 : 1;
}

}  // namespace waggle::jsonata
