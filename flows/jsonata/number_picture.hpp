// Pictures of numbers, as XPath's fn:format-number has them: "#,##0.00", "01%", "0.0e0". Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

/// `options`: an object that replaces the characters of the picture ("decimal-separator", "zero-digit", ...),
/// or undefined. Throws Fault D3080 .. D3093.
std::string format_by_picture(double value, std::string_view picture, Value options);

}  // namespace waggle::jsonata
