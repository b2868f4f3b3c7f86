#include "core/cli/shell/destination.hpp"

#include <utility>

#include "core/cli/shell/record_view.hpp"
#include "core/http/router.hpp"
#include "flows/suggest.hpp"

namespace waggle::cli {
namespace {

/// The settings with secrets resolved, when the project has them.
Json settings_of(const project::Project& project, const flows::Flow& flow, std::size_t index) {
  const auto found = project.trigger_settings.find(flow.id());
  if (found != project.trigger_settings.end() && index < found->second.size()) return found->second[index];
  return flow.triggers()[index].settings;
}

Result<const project::Connection*> connection_of(const project::Project& project,
                                                 const flows::Trigger& trigger, Delivery delivery) {
  std::string name = trigger.connection;
  if (name.empty()) {
    const auto all = project.connections_of(trigger.connector);
    if (all.size() == 1) name = all[0];
    if (name.empty() && delivery == Delivery::hook)
      return invalid(all.empty() ? "there is no connection of " + trigger.connector +
                                       " in connections.yaml to deliver to"
                                 : "there are several connections of " + trigger.connector +
                                       "; name one in the flow by `connection:`");
  }
  const auto found = project.connections.find(name);
  return found == project.connections.end() ? nullptr : &found->second;
}

Result<Destination> destination_of(const project::Project& project, const flows::Flow& flow,
                                   std::size_t index) {
  const flows::Trigger& trigger = flow.triggers()[index];
  const ConnectorSpec* spec = project.connector(trigger.connector);
  const TriggerSpec* declared = spec == nullptr ? nullptr : spec->trigger(trigger.id);
  if (declared == nullptr)
    return invalid("flow " + flow.id() + " begins with " + trigger_name(trigger.connector, trigger.id) +
                   ", which nothing can be delivered to; try it by `waggle run " + flow.id() +
                   " --event FILE`");
  Destination to{"", trigger.connector, trigger.id, nullptr, settings_of(project, flow, index)};
  WAGGLE_TRY(to.connection, connection_of(project, trigger, declared->delivery));
  to.path = declared->delivery == Delivery::path ? to.settings.text("path") : "/hooks/" + to.connection->name;
  return to;
}

bool fits(const std::string& pattern, std::string_view path) {
  http::Routes routes;
  return routes.add({}, pattern, 0).ok() && routes.find("POST", path).has_value();
}

Result<Destination> by_path(const project::Project& project, std::string_view path) {
  constexpr std::string_view hooks = "/hooks/";
  for (const auto& [id, flow] : project.flows) {
    for (std::size_t index = 0; index < flow->triggers().size(); ++index) {
      auto to = destination_of(project, *flow, index);
      if (!to || !(path.starts_with(hooks) ? to->path == path : fits(to->path, path))) continue;
      to->path = std::string(path);
      return to;
    }
  }
  return Destination{std::string(path), "", "", nullptr, Json()};
}

}  // namespace

Result<Destination> find_destination(const project::Project& project, std::string_view what,
                                     std::string_view trigger) {
  if (what.starts_with('/')) return by_path(project, what);
  const auto found = project.flows.find(what);
  if (found == project.flows.end())
    return invalid("there is no flow " + std::string(what) + " without errors (`waggle check` says more); " +
                   flows::did_you_mean(what, project.flow_ids()));
  const flows::Flow& flow = *found->second;
  Result<Destination> last = invalid("flow " + flow.id() + " has no trigger " + std::string(trigger));
  for (std::size_t index = 0; index < flow.triggers().size(); ++index) {
    const flows::Trigger& one = flow.triggers()[index];
    if (!trigger.empty() && trigger != one.id && trigger != trigger_name(one.connector, one.id)) continue;
    last = destination_of(project, flow, index);
    if (last) break;
  }
  if (last && last->path.find("/:") != std::string::npos)
    return invalid(
        "flow " + flow.id() + " is reached at " + last->path +
        "; give a whole path instead of the flow, with your values for the parts that begin with :");
  return last;
}

}  // namespace waggle::cli
