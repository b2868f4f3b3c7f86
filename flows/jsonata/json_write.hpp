// Pieces of the JSON writer that other files of this room need. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

/// `text` in double quotes with JSON's escapes.
void append_json_string(std::string_view text, std::string& out);
/// As $string() serialises arrays and objects: fractions rounded to 15 digits.
void append_stringified(Value value, bool pretty, std::string& out);

}  // namespace waggle::jsonata
