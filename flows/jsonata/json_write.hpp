// Pieces of the JSON writer that other files of this room need. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

class Context;

/// `text` in double quotes with JSON's escapes.
void append_json_string(std::string_view text, std::string& out);
/// As $string() serialises arrays and objects: fractions rounded to 15 digits. `within`: throws Fault when a
/// limit of that evaluation is met, as a small value whose parts are shared can be a huge text.
void append_stringified(Value value, bool pretty, std::string& out, Context* within = nullptr);

/// About how many bytes the JSON of `value` has; stops counting above `most`.
std::size_t json_size(Value value, std::size_t most);

}  // namespace waggle::jsonata
