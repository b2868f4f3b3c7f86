// How a secret value may be spelled inside other text. Used by the Redactor. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waggle::secrets {

/// `value` itself and its JSON, percent, hex and base64 spellings, without repeats; the longest ones are
/// several times its size.
std::vector<std::string> spellings(std::string_view value);

}  // namespace waggle::secrets
