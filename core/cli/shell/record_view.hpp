// The store's records as people and programs read them: rows of tables, members of JSON. Any thread.
#pragma once

#include <string>
#include <vector>

#include <waggle/json.hpp>

#include "core/cli/shell/table.hpp"
#include "core/secrets/redactor.hpp"
#include "core/store/records.hpp"
#include "core/store/store.hpp"

namespace waggle::cli {

Json json_of(const store::Run& run);
Json json_of(const store::Event& event);  ///< without body and payload
Json json_of(const store::Effect& effect);
Json json_of(const store::Attempt& attempt);
Json json_of(const Error& error);
/// JSON text as JSON; a text that is not JSON stays a text.
Json parsed_or_text(const std::string& text);
/// The same value without the secrets that are known: in its texts, numbers and keys.
Json masked(const Json& value, const secrets::Redactor& secrets);

/// As flows name it: `woocommerce.order_created`; `schedule`, which has no triggers; `webhook`, whose only
/// one is its default.
std::string trigger_name(const std::string& connector, const std::string& trigger);

/// succeeded in green, failed in red, parked in yellow.
Cell state_cell(store::RunState state);

/// Whether a try of it may have reached the app unseen, and another one was made since.
bool may_have_run_twice(const store::Effect& effect, const std::vector<store::Attempt>& attempts);

}  // namespace waggle::cli
