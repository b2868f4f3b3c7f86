// The triggers of a project's flows, checked where flows alone cannot: resolved settings, schedules that can
// be kept, paths that are free. Used by load_project; any thread.
#pragma once

#include "core/project/project.hpp"

namespace waggle::project {

/// Fills in project.trigger_settings and adds to its secrets and problems. False: the flow has an error here
/// and cannot be used.
bool resolve_triggers(Project& project, const flows::Flow& flow);

/// Paths that two flows declare: one error each, at the later flow (by id), naming both.
void check_paths(Project& project);

}  // namespace waggle::project
