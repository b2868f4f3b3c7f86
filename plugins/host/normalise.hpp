// Typed payloads: WooCommerce's "total": "29.35" reaches flows as the number 29.35. For the engine's intake.
// Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <waggle/spec.hpp>

namespace waggle::host {

/// Rewrites the values of typed fields in a JSON text; every other byte stays as it is. `fields` as in
/// TriggerSpec::payload: names may be paths (`billing.email`, `line_items[].total`), and objects and lists
/// may have fields of their own.
///
/// decimal, integer   a text that is such a number becomes the number, its digits kept; an empty text becomes
/// null boolean            "true" "yes" "1" 1, "false" "no" "0" 0 datetime           to RFC 3339 with zone: a
/// space for the T; Unix seconds or milliseconds; HTTP dates; without zone only
///                    when the name ends in _gmt or _utc, for otherwise nobody knows the zone
/// date               20261123, or the day of a time
///
/// What fits none of these stays as it is, and so does a text that is not JSON.
std::string normalise_payload(std::string_view json, const std::vector<Field>& fields);

}  // namespace waggle::host
