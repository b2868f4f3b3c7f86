// Settings of a connection or a trigger, made ready for their connector: references resolved, defaults filled
// in, paths made absolute from the project folder, secrets noted. Their shape was checked before
// (flows/load/declared_fields.hpp); here come the checks that need the values. Used by this room; any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>
#include <waggle/json.hpp>
#include <waggle/spec.hpp>

#include "core/secrets/references.hpp"
#include "flows/problem.hpp"

namespace waggle::project {

struct SettingsOf {
  std::string owner;                                               ///< for messages: `connection my-shop`
  std::function<flows::Position(const std::string& field)> place;  ///< of a top-level field
  const secrets::References& references;
};

struct ReadySettings {
  Json settings;
  std::vector<std::string> secrets;
};

/// Codes: missing_variable, missing_file, bad_reference, file_too_large, empty_secret, short_secret
/// (warning), wrong_type, not_a_choice.
ReadySettings resolve_settings(const std::vector<Field>& fields, const Json& settings, const SettingsOf& of,
                               flows::Problems& problems);

}  // namespace waggle::project
