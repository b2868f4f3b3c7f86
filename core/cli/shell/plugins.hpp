// The connectors that a command works with: those shipped beside the program, and those in a project's
// plugins/. One thread.
#pragma once

#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "core/cli/shell/command.hpp"
#include "core/project/project.hpp"

namespace waggle::cli {

/// The folder of the connectors that came with the program: beside it, as built or as installed.
/// WAGGLE_PLUGINS, when set, is taken instead.
std::string bundled_plugins();

/// Loads those and, unless `project_dir` is empty, the project's own; what could not be loaded is said on
/// standard error, one line each.
std::shared_ptr<const host::Registry> load_plugins(const Context& context, const std::string& project_dir);

/// Loads the plugins and the project in `dir`. Errors: invalid (no such folder, waggle.yaml or
/// connections.yaml unusable).
Result<std::shared_ptr<const project::Project>> open_project(const Context& context, const std::string& dir);

}  // namespace waggle::cli
