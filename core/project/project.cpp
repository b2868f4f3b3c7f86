#include "core/project/project.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "core/project/connections.hpp"
#include "core/project/files.hpp"
#include "core/project/settings.hpp"
#include "core/project/trigger_settings.hpp"
#include "plugins/host/registry.hpp"

namespace waggle::project {
namespace {

using flows::Severity;

/// The project while it is read: flows may refer to connections that are named but broken, so that one
/// mistake is one problem.
class Loading {
 public:
  Loading(std::string dir, std::shared_ptr<const host::Registry> registry, const Project* previous)
      : project_(std::make_shared<Project>()), previous_(previous) {
    project_->dir = std::move(dir);
    project_->registry = std::move(registry);
  }

  Result<std::shared_ptr<const Project>> load() {
    WAGGLE_TRY_VOID(load_settings_file());
    WAGGLE_TRY_VOID(load_connections());
    load_flows();
    check_paths(*project_);
    finish();
    return std::shared_ptr<const Project>(project_);
  }

 private:
  void add(flows::Problems problems) {
    std::move(problems.begin(), problems.end(), std::back_inserter(project_->problems));
  }

  /// The first error as the reason why the whole project cannot be loaded.
  static Error refusal(const flows::Problems& problems) {
    auto first =
        std::find_if(problems.begin(), problems.end(), [](auto& p) { return p.severity == Severity::error; });
    return invalid(first->to_text(), first->code);
  }

  Result<void> load_settings_file() {
    ReadSettings read = read_settings(project_->dir);
    bool broken = flows::has_errors(read.problems);
    if (!read.usable && previous_ == nullptr) return refusal(read.problems);
    project_->settings = broken && previous_ != nullptr ? previous_->settings : std::move(read.settings);
    add(std::move(read.problems));
    return {};
  }

  Result<void> load_connections() {
    ReadConnections read = read_connections(project_->dir, *project_);
    if (!read.usable && previous_ == nullptr) return refusal(read.problems);
    named_ = std::move(read.connectors);
    project_->connections = std::move(read.connections);
    if (previous_ != nullptr)
      for (const auto& [name, connection] : previous_->connections)
        // A connection that is broken now, but still named, stays as it was; one that is gone, goes.
        if (!read.usable || named_.contains(name)) project_->connections.emplace(name, connection);
    for (const auto& [name, connection] : project_->connections) {
      named_.emplace(name, connection.connector);
      project_->secrets.insert(project_->secrets.end(), connection.secrets.begin(), connection.secrets.end());
    }
    add(std::move(read.problems));
    return {};
  }

  void load_flows() {
    FlowFiles files = read_flow_files(project_->dir);
    add(std::move(files.problems));
    project_->flow_texts = std::move(files.texts);
    const Catalog catalog(*project_, named_);
    for (const auto& [id, text] : project_->flow_texts) {
      flows::Loaded loaded = flows::load_flow(id, flow_file(id), text, catalog);
      add(std::move(loaded.problems));
      if (loaded.flow && resolve_triggers(*project_, *loaded.flow))
        project_->flows.emplace(id, std::move(loaded.flow));
      else
        keep_previous(id);
    }
  }

  void keep_previous(const std::string& id) {
    if (previous_ == nullptr) return;
    auto flow = previous_->flows.find(id);
    auto settings = previous_->trigger_settings.find(id);
    if (flow == previous_->flows.end() || settings == previous_->trigger_settings.end()) return;
    project_->flows.emplace(id, flow->second);
    project_->trigger_settings.emplace(id, settings->second);
    // Its triggers' secrets are not told apart in `secrets`: keep masking all that were known.
    project_->secrets.insert(project_->secrets.end(), previous_->secrets.begin(), previous_->secrets.end());
  }

  void finish() {
    for (const host::PluginProblem& problem :
         project_->registry ? project_->registry->problems() : no_plugin_problems())
      project_->problems.push_back(
          {{problem.file}, Severity::warning, "plugin_not_used", problem.error.message, {}});
    auto place = [](const flows::Problem& p) { return std::tie(p.at.file, p.at.line, p.at.column); };
    std::stable_sort(project_->problems.begin(), project_->problems.end(),
                     [&](auto& a, auto& b) { return place(a) < place(b); });
    auto& secrets = project_->secrets;
    std::sort(secrets.begin(), secrets.end());
    secrets.erase(std::unique(secrets.begin(), secrets.end()), secrets.end());
  }

  static const std::vector<host::PluginProblem>& no_plugin_problems() {
    static const std::vector<host::PluginProblem> none;
    return none;
  }

  /// What flows are checked against.
  class Catalog : public flows::Catalog {
   public:
    Catalog(const Project& project, const std::map<std::string, std::string, std::less<>>& named)
        : project_(project), named_(named) {}
    const ConnectorSpec* connector(std::string_view id) const override { return project_.connector(id); }
    std::vector<std::string> connector_ids() const override { return project_.connector_ids(); }
    std::string connection_connector(std::string_view connection) const override {
      auto found = named_.find(connection);
      return found == named_.end() ? "" : found->second;
    }
    std::vector<std::string> connections_of(std::string_view connector) const override {
      std::vector<std::string> names;
      for (const auto& [name, of] : named_)
        if (of == connector) names.push_back(name);
      return names;
    }
    std::optional<std::string> flow_text(std::string_view id) const override {
      return project_.flow_text(id);
    }
    std::vector<std::string> flow_ids() const override { return project_.flow_ids(); }

   private:
    const Project& project_;
    const std::map<std::string, std::string, std::less<>>& named_;
  };

  std::shared_ptr<Project> project_;
  const Project* previous_;
  std::map<std::string, std::string, std::less<>> named_;  ///< connection -> connector, broken ones too
};

}  // namespace

const ConnectorSpec* Project::connector(std::string_view id) const {
  auto plugin = registry ? registry->find(id) : nullptr;
  return plugin ? &plugin->spec() : nullptr;  // lives as long as the registry
}

std::vector<std::string> Project::connector_ids() const {
  std::vector<std::string> ids;
  if (!registry) return ids;
  for (const auto& plugin : registry->plugins()) ids.push_back(plugin->spec().id);
  return ids;
}

std::string Project::connection_connector(std::string_view connection) const {
  auto found = connections.find(connection);
  return found == connections.end() ? "" : found->second.connector;
}

std::vector<std::string> Project::connections_of(std::string_view connector) const {
  std::vector<std::string> names;
  for (const auto& [name, connection] : connections)
    if (connection.connector == connector) names.push_back(name);
  return names;
}

std::optional<std::string> Project::flow_text(std::string_view id) const {
  auto found = flow_texts.find(id);
  if (found == flow_texts.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Project::flow_ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, text] : flow_texts) ids.push_back(id);
  return ids;
}

Result<std::shared_ptr<const Project>> load_project(const std::string& dir,
                                                    std::shared_ptr<const host::Registry> registry,
                                                    const Project* previous) {
  std::error_code error;
  std::string absolute = std::filesystem::canonical(dir, error).string();
  if (error || !std::filesystem::is_directory(absolute, error))
    return invalid("there is no project folder " + dir + "; name one, or make it with `waggle new project`",
                   "no_project");
  return Loading(std::move(absolute), std::move(registry), previous).load();
}

}  // namespace waggle::project
