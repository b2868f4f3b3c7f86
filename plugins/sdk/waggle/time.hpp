// Times as texts and back, without locales or the machine's time zone: RFC 3339, HTTP dates. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace waggle {

/// Milliseconds since 1970, UTC.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// 2026-11-23T10:40:34Z; with .123 when there are milliseconds.
std::string to_rfc3339(Time time);
/// 2026-11-23T10:40:34.000Z: always with milliseconds, where times stand in a column or are compared as
/// texts.
std::string to_rfc3339_ms(Time time);
/// RFC 3339 with zone; T or a space between; digits under the millisecond are cut off; second 60 is read
/// as 59.999. nullopt for anything else, for a date that does not exist, and for a time without zone.
std::optional<Time> parse_rfc3339(std::string_view text);
/// As parse_rfc3339, but a time without zone is taken as UTC (fields like WooCommerce's date_created_gmt),
/// and a date alone as its midnight; and ISO 8601's shorter forms are read: 10:40 without seconds, zones like
/// +0100 and +01.
std::optional<Time> parse_utc(std::string_view text);
/// Mon, 23 Nov 2026 10:40:34 GMT (RFC 9110's preferred form; the two obsolete ones are not read).
std::optional<Time> parse_http_date(std::string_view text);

inline Time from_unix_ms(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }
inline Time from_unix_seconds(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }
inline std::int64_t to_unix_ms(Time time) { return time.time_since_epoch().count(); }

}  // namespace waggle

#include <waggle/detail/time.ipp>
