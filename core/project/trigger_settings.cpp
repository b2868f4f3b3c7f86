#include "core/project/trigger_settings.hpp"

#include <algorithm>

#include "core/http/router.hpp"
#include "core/project/files.hpp"
#include "core/project/resolve_settings.hpp"
#include "core/schedule/schedule.hpp"

namespace waggle::project {
namespace {

using flows::Severity;

/// A path that a flow takes.
struct TakenPath {
  const flows::Flow* flow;
  const flows::Trigger* trigger;
  std::string path;
  std::vector<std::string> methods;
};

std::vector<TakenPath> paths_of(const Project& project) {
  std::vector<TakenPath> paths;
  for (const auto& [id, flow] : project.flows) {
    auto settings = project.trigger_settings.find(id);
    if (!flow->enabled() || settings == project.trigger_settings.end()) continue;
    for (std::size_t i = 0; i < flow->triggers().size(); ++i) {
      const flows::Trigger& trigger = flow->triggers()[i];
      const ConnectorSpec* spec = project.connector(trigger.connector);
      const TriggerSpec* declared = spec != nullptr ? spec->trigger(trigger.id) : nullptr;
      if (declared == nullptr || declared->delivery != Delivery::path) continue;
      TakenPath taken{flow.get(), &trigger, settings->second[i].text("path"), {}};
      for (const Json& method : settings->second[i].at("methods").items())
        taken.methods.push_back(method.to_text());
      paths.push_back(std::move(taken));
    }
  }
  return paths;
}

/// The front door's own routes decide what is a conflict.
bool conflict(const TakenPath& a, const TakenPath& b) {
  http::Routes both;
  return both.add(a.methods, a.path, 0).ok() && !both.add(b.methods, b.path, 1).ok();
}

bool has_new_error(const flows::Problems& problems, std::size_t before) {
  return std::any_of(problems.begin() + static_cast<std::ptrdiff_t>(before), problems.end(),
                     [](const flows::Problem& p) { return p.severity == Severity::error; });
}

}  // namespace

bool resolve_triggers(Project& project, const flows::Flow& flow) {
  const secrets::References references{.dir = project.dir};
  static const std::vector<Field> none;
  const std::size_t before = project.problems.size();
  std::vector<Json> resolved;
  std::vector<std::string> found;
  for (const flows::Trigger& trigger : flow.triggers()) {
    const ConnectorSpec* spec = project.connector(trigger.connector);
    const TriggerSpec* declared = spec != nullptr ? spec->trigger(trigger.id) : nullptr;
    auto place = [&](const std::string&) { return trigger.at; };
    ReadySettings ready =
        resolve_settings(declared != nullptr ? declared->settings : none, trigger.settings,
                         {"the trigger of " + flow.id(), place, references}, project.problems);
    if (trigger.connector == "schedule")
      if (auto schedule = schedule::schedule_from(ready.settings); !schedule)
        project.problems.push_back(
            {trigger.at, Severity::error, schedule.error().code, schedule.error().message, {}});
    resolved.push_back(std::move(ready.settings));
    found.insert(found.end(), ready.secrets.begin(), ready.secrets.end());
  }
  if (has_new_error(project.problems, before)) return false;
  project.trigger_settings[flow.id()] = std::move(resolved);
  project.secrets.insert(project.secrets.end(), found.begin(), found.end());
  return true;
}

void check_paths(Project& project) {
  http::Routes routes;
  std::vector<TakenPath> paths = paths_of(project);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto added = routes.add(paths[i].methods, paths[i].path, i);
    if (added.ok()) continue;
    auto first = std::find_if(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(i),
                              [&](const TakenPath& earlier) { return conflict(earlier, paths[i]); });
    bool alone = first == paths.begin() + static_cast<std::ptrdiff_t>(i);
    project.problems.push_back(
        {paths[i].trigger->at, Severity::error, alone ? "bad_path" : "path_taken",
         alone ? "the path " + paths[i].path + " cannot be served: " + added.error().message
               : "the flows " + first->flow->id() + " and " + paths[i].flow->id() +
                     " take the same requests: " + first->path + " (" + first->trigger->at.file + ":" +
                     std::to_string(first->trigger->at.line) + ") and " + paths[i].path,
         alone ? ""
               : "give one of them another path or other `methods`; until then " + first->flow->id() +
                     " gets them"});
  }
}

}  // namespace waggle::project
