// Hints for YAML that does not parse because an expression stands in it unquoted. Used by yaml::parse; pure.
#pragma once

#include <string>
#include <string_view>

namespace waggle::flows::yaml {

/// What to write instead, judged by the line that the parser stumbled over; empty when nothing is recognised.
std::string hint_for_line(std::string_view line);

}  // namespace waggle::flows::yaml
