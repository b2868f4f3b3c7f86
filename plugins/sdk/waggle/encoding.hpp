// Texts for bytes: hex, base64, base64url, percent-encoding, and forms. Strict when reading. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle {

/// Names and values in order; a name may come twice.
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string to_hex(std::string_view bytes);  ///< lower case
std::optional<std::string> from_hex(
    std::string_view text);  ///< nullopt unless hex of either case, two a byte

std::string to_base64(std::string_view bytes);     ///< RFC 4648, with padding
std::string to_base64url(std::string_view bytes);  ///< RFC 4648 section 5, without padding
/// Reads base64 and base64url, padded or not; nullopt for any other character or a wrong length.
std::optional<std::string> from_base64(std::string_view text);

/// RFC 3986: all but letters, digits and -._~ become %XX.
std::string percent_encode(std::string_view text);
/// Undoes %XX; a % that no two hex digits follow stays as it is, as browsers do.
std::string percent_decode(std::string_view text);

/// application/x-www-form-urlencoded (also a query): + is a space. Pieces without = have an empty value.
Pairs parse_form(std::string_view text);
std::string encode_form(const Pairs& fields);
/// The first value of `name`; nullptr when there is none.
const std::string* find_value(const Pairs& pairs, std::string_view name);

/// Well-formed UTF-8 (RFC 3629) from the first byte to the last?
bool is_utf8(std::string_view bytes);

/// a == b for ASCII letters of either case: names of headers.
bool same_name(std::string_view a, std::string_view b);

}  // namespace waggle

#include <waggle/detail/encoding.ipp>
