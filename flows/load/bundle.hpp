// The bundle of a flow: its text and the texts of all flows it calls, as one JSON object. Written when a flow
// is loaded, read when a run goes on with the version it began with.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace waggle::flows {

/// {"id": "yaml text", ...}, ids in order: the same texts give the same bundle.
std::string write_bundle(const std::map<std::string, std::string>& texts);

}  // namespace waggle::flows
