// Included by encoding.hpp alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include <waggle/detail/utf8.ipp>
#include <waggle/encoding.hpp>

namespace waggle {
namespace detail {

constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

inline int base64_value(char c) {
  if (c == '-') c = '+';
  if (c == '_') c = '/';
  const auto at = base64_letters.find(c);
  return at == base64_letters.npos ? -1 : static_cast<int>(at);
}

inline std::string base64(std::string_view bytes, std::string_view letters) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += letters[bits >> (held - 6) & 63];
  }
  if (held > 0) out += letters[bits << (6 - held) & 63];
  return out;
}

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string form_decode(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

}  // namespace detail

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view letters = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += letters[static_cast<unsigned char>(c) >> 4];
    out += letters[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

inline std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = detail::hex_value(text[i]), low = detail::hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

inline std::string to_base64(std::string_view bytes) {
  std::string out = detail::base64(bytes, detail::base64_letters);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

inline std::string to_base64url(std::string_view bytes) {
  return detail::base64(bytes, detail::base64url_letters);
}

inline std::optional<std::string> from_base64(std::string_view text) {
  std::size_t padding = 0;
  while (text.ends_with('=') && padding < 2) {
    text.remove_suffix(1);
    ++padding;
  }
  if (text.size() % 4 == 1 || (padding > 0 && (text.size() + padding) % 4 != 0)) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = detail::base64_value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if ((held += 6) >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  return out;
}

inline std::string percent_encode(std::string_view text) {
  constexpr std::string_view letters = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += letters[static_cast<unsigned char>(c) >> 4];
      out += letters[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

inline std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = detail::hex_value(text[i + 1]), low = detail::hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high << 4 | low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

inline Pairs parse_form(std::string_view text) {
  Pairs out;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    out.emplace_back(detail::form_decode(piece.substr(0, equals)),
                     equals == piece.npos ? std::string() : detail::form_decode(piece.substr(equals + 1)));
  }
  return out;
}

inline std::string encode_form(const Pairs& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

inline const std::string* find_value(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs)
    if (key == name) return &value;
  return nullptr;
}

inline bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = detail::utf8_length(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

inline bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return detail::lower(x) == detail::lower(y); });
}

}  // namespace waggle
