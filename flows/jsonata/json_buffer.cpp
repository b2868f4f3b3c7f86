#include "flows/jsonata/json_buffer.hpp"

#include <algorithm>

#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr char hex[] = "0123456789abcdef";

/// What stands behind the backslash for a character that has a short escape; 0 for others.
char short_escape(unsigned char c) {
  switch (c) {
    case '"':
    case '\\':
      return static_cast<char>(c);
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

}  // namespace

void JsonBuffer::grow(std::size_t bytes) {
  std::size_t used = size(), capacity = std::max(2 * static_cast<std::size_t>(end_ - start_), used + bytes);
  std::unique_ptr<char[]> larger(new char[capacity]);
  std::memcpy(larger.get(), start_, used);
  heap_ = std::move(larger);
  start_ = heap_.get();
  at_ = start_ + used;
  end_ = start_ + capacity;
}

void JsonBuffer::put_rest(std::string_view text, std::size_t from) {
  const char* end = text.data() + text.size();
  for (std::size_t i = from; i < text.size();) {
    put_special(text, i);
    const char* plain = text.data() + i;
    const char* stop = skip_plain(plain, end);
    put(std::string_view(plain, static_cast<std::size_t>(stop - plain)));
    i += static_cast<std::size_t>(stop - plain);
  }
}

/// Moves past the byte, or past the whole run of non-ASCII bytes.
void JsonBuffer::put_special(std::string_view text, std::size_t& at) {
  auto c = static_cast<unsigned char>(text[at]);
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (c < 0x80) {
    char escape = short_escape(c);
    char* p = room(6);
    p[0] = '\\';
    if (escape) {
      p[1] = escape;
    } else {
      std::memcpy(p + 1, "u00", 3);
      p[4] = hex[c >> 4];
      p[5] = hex[c & 15];
    }
    wrote(escape ? 2 : 6);
    ++at;
    return;
  }
  if (c != 0xED || at + 2 >= text.size() || byte(at + 1) < 0xA0) {
    std::size_t from = at++;
    while (at < text.size() && byte(at) >= 0x80 && byte(at) != 0xED) ++at;
    put(text.substr(from, at - from));
    return;
  }
  // A half of a surrogate pair has no UTF-8; as an escape it stays valid JSON.
  std::uint32_t unit = next_code_point(text, at);
  char* p = room(6);
  p[0] = '\\';
  p[1] = 'u';
  for (int i = 0; i < 4; ++i) p[2 + i] = hex[unit >> (12 - 4 * i) & 15];
  wrote(6);
}

}  // namespace waggle::jsonata
