// Messages and hints behind error codes. Used by problem.cpp alone.
#pragma once

#include <string>
#include <string_view>

#include "flows/jsonata/fault.hpp"

namespace waggle::jsonata {

/// The sentence for a code with its inserts in braces, or nothing.
std::string_view message_template(std::string_view code);

/// What the author probably meant and how to write it; empty when there is no good guess.
std::string hint_for(const Fault& fault, std::string_view source);

}  // namespace waggle::jsonata
