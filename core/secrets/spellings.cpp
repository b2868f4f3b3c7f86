#include "core/secrets/spellings.hpp"

#include <algorithm>
#include <waggle/json.hpp>

namespace waggle::secrets {
namespace {

constexpr std::string_view upper_hex = "0123456789ABCDEF";
constexpr std::string_view lower_hex = "0123456789abcdef";

std::string hex(std::string_view value, std::string_view digits) {
  std::string out;
  for (unsigned char byte : value) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// `plain` are the characters besides letters and digits that stay as they are. Encoders disagree on them:
/// RFC 3986 has -._~, HTML forms have -._* , JavaScript's encodeURIComponent has -._~!*'() .
std::string percent(std::string_view value, std::string_view plain, std::string_view digits, bool plus) {
  std::string out;
  for (char c : value) {
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alphanumeric || plain.find(c) != std::string_view::npos)
      out += c;
    else if (c == ' ' && plus)
      out += '+';
    else
      out += '%' + hex({&c, 1}, digits);
  }
  return out;
}

/// The base64 characters that depend on `value` alone when `shift` other bytes come before it in the same
/// encoding.
std::string base64_core(std::string_view value, std::size_t shift, char sixty_two, char sixty_three) {
  std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  alphabet += sixty_two;
  alphabet += sixty_three;
  std::string out;
  std::size_t first_bit = (6 - shift * 8 % 6) % 6;  // the first character boundary inside the value
  for (std::size_t bit = first_bit; bit + 6 <= value.size() * 8; bit += 6) {
    unsigned high = static_cast<unsigned char>(value[bit / 8]);
    unsigned low = bit / 8 + 1 < value.size() ? static_cast<unsigned char>(value[bit / 8 + 1]) : 0;
    out += alphabet[((high << 8 | low) >> (10 - bit % 8)) & 63];
  }
  return out;
}

std::string json_inside(std::string_view value) {
  std::string quoted = Json(value).dump();
  return quoted.substr(1, quoted.size() - 2);
}

std::string slashes_escaped(std::string text) {  // PHP's json_encode writes \/
  for (std::size_t at = 0; (at = text.find('/', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
  return text;
}

}  // namespace

std::vector<std::string> spellings(std::string_view value) {
  std::vector<std::string> all = {std::string(value), json_inside(value), slashes_escaped(json_inside(value)),
                                  hex(value, upper_hex), hex(value, lower_hex)};
  for (std::string_view digits : {upper_hex, lower_hex}) {
    all.push_back(percent(value, "-._~", digits, false));
    all.push_back(percent(value, "-._*", digits, true));
    all.push_back(percent(value, "-._~!*'()", digits, false));
  }
  for (std::size_t shift = 0; shift < 3; ++shift) {
    all.push_back(base64_core(value, shift, '+', '/'));
    all.push_back(slashes_escaped(all.back()));
    all.push_back(base64_core(value, shift, '-', '_'));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace waggle::secrets
