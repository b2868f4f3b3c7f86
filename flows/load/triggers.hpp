// Reads `when`: what starts a flow. Used by load_flow.
#pragma once

#include <vector>

#include "flows/load/reader.hpp"

namespace waggle::flows {

/// One trigger or several: a name, a mapping of names to settings, or a list of these.
std::vector<Trigger> read_triggers(Reader& reader, const yaml::Node& when);

}  // namespace waggle::flows
