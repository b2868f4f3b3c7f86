// The keys of waggle.yaml, each once: how it is read, checked, shown and explained. Parsing, "did you mean"
// and docs/project.md are made from this table; the defaults are the initial values of Settings. Used by this
// room and by the test that keeps docs/project.md fresh.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/project/project.hpp"
#include "flows/yaml/node.hpp"

namespace waggle::project {

struct SettingsKey {
  std::string_view name;
  std::string form;  ///< what may stand there: "a number from 0 to 65535"
  std::string_view help;
  /// Takes the value; false when it is not of the form. Text values have their references resolved already.
  std::function<bool(Settings& settings, const flows::yaml::Node& value)> read;
  std::function<std::string(const Settings& settings)> show;  ///< as one would write it; empty = nothing
};

const std::vector<SettingsKey>& settings_keys();

/// The table of docs/project.md.
std::string settings_markdown();

}  // namespace waggle::project
