// Base64 and hexadecimal over bytes. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace waggle::jsonata {

inline constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view base64url_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode_base64(std::string_view bytes, std::string_view letters, bool padded);
/// Reads either alphabet, with or without padding; skips anything else, as Node does.
std::string decode_base64(std::string_view text);
std::string encode_hex(std::string_view bytes);
/// False when `text` is not pairs of hexadecimal digits.
bool decode_hex(std::string_view text, std::string& bytes);
/// Reads the four hex digits behind \u; -1 when they are not.
int parse_hex4(std::string_view text, std::size_t at);

}  // namespace waggle::jsonata
