#include "core/engine/snapshot.hpp"

#include "plugins/host/registry.hpp"

namespace waggle::engine {
namespace {

constexpr std::string_view hooks_path = "/hooks/";

std::vector<std::string> methods_of(const Json& settings) {
  std::vector<std::string> methods;
  for (const Json& method : settings.at("methods").items()) methods.push_back(method.as_string());
  return methods;
}

}  // namespace

std::string path_source(std::string_view flow, std::string_view path) {
  return "path:" + std::string(flow) + ":" + std::string(path);
}

std::shared_ptr<const Snapshot> Snapshot::build(std::shared_ptr<const project::Project> project) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->project_ = std::move(project);
  snapshot->add_hooks();
  for (const auto& [id, flow] : snapshot->project_->flows)
    if (flow->enabled()) snapshot->add_flow(flow);
  return snapshot;
}

void Snapshot::add_hooks() {
  for (const auto& [name, connection] : project_->connections) {
    connection_json_.emplace(name, connection.settings.dump());
    if (auto loaded = plugin(connection.connector))
      hooks_.emplace(name, HookTarget{std::move(loaded), name, name});
  }
}

void Snapshot::add_flow(const std::shared_ptr<const flows::Flow>& flow) {
  auto vars = vars_of(*flow, project_->settings.vars.dump());
  // Constants come from YAML that was read: they are JSON.
  const auto& shared = vars_.emplace(flow->version(), vars.ok() ? *std::move(vars) : nullptr).first->second;
  const auto& triggers = flow->triggers();
  for (std::size_t i = 0; i < triggers.size(); ++i) {
    const flows::Trigger& trigger = triggers[i];
    TriggerUse use{flow, &trigger, shared};
    if (trigger.connector == "manual") {
      manual_.emplace(flow->id(), use);
      continue;
    }
    const ConnectorSpec* spec = project_->connector(trigger.connector);
    const TriggerSpec* declared = spec ? spec->trigger(trigger.id) : nullptr;
    if (declared && declared->delivery == Delivery::path) use.path_source = add_path(*flow, i);
    uses_.emplace(trigger.connector + "." + trigger.id, std::move(use));
  }
}

/// The source of the path's events.
std::string Snapshot::add_path(const flows::Flow& flow, std::size_t index) {
  const flows::Trigger& trigger = flow.triggers()[index];
  const auto settings = project_->trigger_settings.find(flow.id());
  auto loaded = plugin(trigger.connector);
  // Without settings, or its connector, nothing comes to the path.
  if (settings == project_->trigger_settings.end() || !loaded) return path_source(flow.id(), "");
  const Json& resolved = settings->second[index];
  const std::string source = path_source(flow.id(), resolved.text("path"));
  HookTarget target{std::move(loaded), trigger.connection, source};
  target.settings_json = resolved.dump();
  target.trigger = trigger.id;
  target.reply_after_run = resolved.text("reply") == "after_run";
  // Two flows on one path are a problem of the project; the first one keeps it.
  if (routes_.add(methods_of(resolved), resolved.text("path"), path_targets_.size()).ok())
    path_targets_.push_back(std::move(target));
  return source;
}

std::shared_ptr<const host::Plugin> Snapshot::plugin(std::string_view connector) const {
  return project_->registry ? project_->registry->find(connector) : nullptr;
}

std::shared_ptr<const flows::Flow> Snapshot::flow(std::string_view id) const {
  const auto found = project_->flows.find(id);
  return found == project_->flows.end() ? nullptr : found->second;
}

std::optional<Snapshot::Found> Snapshot::find(std::string_view method, std::string_view path) const {
  if (path.substr(0, hooks_path.size()) == hooks_path) {
    const auto hook = hooks_.find(path.substr(hooks_path.size()));
    if (hook != hooks_.end()) return Found{&hook->second, {}};
  }
  if (auto match = routes_.find(method, path))
    return Found{&path_targets_[match->id], std::move(match->params)};
  if (!routes_.methods_at(path).empty()) return Found{};
  return std::nullopt;
}

std::vector<const TriggerUse*> Snapshot::uses(std::string_view connector, std::string_view trigger,
                                              std::string_view connection, std::string_view source) const {
  std::vector<const TriggerUse*> list;
  // An event at a declared path belongs to the flow that declared it, and to no other with a path of its own.
  const bool at_path = source.substr(0, 5) == "path:";
  const auto [begin, end] = uses_.equal_range(std::string(connector) + "." + std::string(trigger));
  for (auto it = begin; it != end; ++it) {
    const TriggerUse& use = it->second;
    if (!use.trigger->connection.empty() && use.trigger->connection != connection) continue;
    if (!at_path || use.path_source == source) list.push_back(&use);
  }
  return list;
}

const TriggerUse* Snapshot::manual(std::string_view flow) const {
  const auto found = manual_.find(flow);
  return found == manual_.end() ? nullptr : &found->second;
}

Result<std::shared_ptr<const flows::Vars>> Snapshot::vars(const flows::Flow& flow) const {
  if (const auto found = vars_.find(flow.version()); found != vars_.end()) return found->second;
  return vars_of(flow, project_->settings.vars.dump());
}

const std::string& Snapshot::connection_json(std::string_view name) const {
  static const std::string none = "{}";
  const auto found = connection_json_.find(name);
  return found == connection_json_.end() ? none : found->second;
}

}  // namespace waggle::engine
