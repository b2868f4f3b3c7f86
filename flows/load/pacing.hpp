// Reads `runs`, `per`, `limit` and `debounce`: when the runs of a flow may begin. Used by load_flow.
#pragma once

#include "flows/load/reader.hpp"

namespace waggle::flows {

void read_pacing(Reader& reader, const yaml::Node& root, Body& body);

}  // namespace waggle::flows
