// Vars: the constants that a flow, and each flow it calls, sees as `vars`. Made once for a version of a flow
// and shared by its runs; immutable; any thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "flows/flow.hpp"
#include "flows/parsed_json.hpp"

namespace waggle::flows {

/// By the id of the flow whose steps see them; a flow without any is left out.
using Vars = std::map<std::string, std::shared_ptr<const ParsedJson>, std::less<>>;

/// The project's vars (a JSON object; empty = none) with each flow's own laid over them: `flow`'s, and those
/// of every flow it calls. Null when nobody has any. Errors: invalid (not JSON).
Result<std::shared_ptr<const Vars>> vars_of(const Flow& flow, const std::string& project_vars);

/// What the steps of the flow `id` see; undefined when it has none.
jsonata::Value find_vars(const std::shared_ptr<const Vars>& vars, const std::string& id);

}  // namespace waggle::flows
