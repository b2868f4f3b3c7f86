// Content-Encoding of bodies: gzip and deflate, with bounds against bombs. Used by connections of both kinds,
// on a loop or a pool thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/http/message.hpp"
#include "core/http/request_parser.hpp"

namespace waggle::http {

/// Bodies up to here may grow as they like; above, more than `max_inflate_ratio` times the sent size is a
/// bomb. JSON of real services shrinks to 1/5 .. 1/20; zlib's own bound is about 1/1000.
inline constexpr std::size_t inflate_ratio_free_bytes = 1u << 20;
inline constexpr std::size_t max_inflate_ratio = 100;

/// True if the headers say that the body is encoded (`identity` is not).
bool is_encoded(const Headers& headers);

/// True if it is encoded in the one way that decode_body takes: gzip or deflate, once.
bool is_decodable(const Headers& headers);

/// Replaces the body by its decoded text and takes `content-encoding` and `content-length` out of the
/// headers. Several gzip members are joined; `deflate` is the zlib format (RFC 9110, 8.4.1.2). Refuses: 415
/// other codings or several, 413 beyond the limit, 400 damaged, cut short, or followed by other bytes.
/// Bodies up to `ratio_free_bytes` may shrink as they like.
std::optional<Refusal> decode_body(Headers& headers, std::string& body, std::size_t max_bytes,
                                   std::size_t ratio_free_bytes = inflate_ratio_free_bytes);

}  // namespace waggle::http
