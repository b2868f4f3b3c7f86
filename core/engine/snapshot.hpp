// A project made ready to run: which path leads where, which flows an event starts, each connection's
// settings as the text that crosses to its connector. Built when a project is loaded or changed; immutable;
// every loop holds the newest.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/router.hpp"
#include "core/project/project.hpp"
#include "flows/run.hpp"
#include "plugins/host/plugin.hpp"

namespace waggle::engine {

/// One `when` of one flow.
struct TriggerUse {
  std::shared_ptr<const flows::Flow> flow;
  const flows::Trigger* trigger = nullptr;  ///< in `flow`
  std::shared_ptr<const flows::Vars> vars = {};
  std::string path_source = {};  ///< with a path of its own: the only source whose events it takes
};

/// Where a delivery goes before anybody has read it.
struct HookTarget {
  std::shared_ptr<const host::Plugin> plugin;
  std::string connection;  ///< empty for a path without one
  std::string source;      ///< scope of dedupe keys
  std::string settings_json =
      {};                    ///< of the flow's trigger, `${env...}` resolved; empty for /hooks/<connection>
  std::string trigger = {};  ///< the trigger's id, for a declared path
  bool reply_after_run = false;
};

class Snapshot {
 public:
  static std::shared_ptr<const Snapshot> build(std::shared_ptr<const project::Project> project);

  const project::Project& project() const { return *project_; }
  std::shared_ptr<const host::Plugin> plugin(std::string_view connector) const;
  std::shared_ptr<const flows::Flow> flow(std::string_view id) const;

  struct Found {
    const HookTarget* target = nullptr;
    std::vector<std::pair<std::string, std::string>> params;  ///< of the path, decoded
  };
  /// nullopt: no such path. A target of null: the path is known, but not with this method.
  std::optional<Found> find(std::string_view method, std::string_view path) const;

  /// The uses that an event of this connector, trigger and connection starts.
  std::vector<const TriggerUse*> uses(std::string_view connector, std::string_view trigger,
                                      std::string_view connection, std::string_view source) const;
  /// Null when there is no such flow, or it is not started by hand.
  const TriggerUse* manual(std::string_view flow) const;
  /// What this flow's runs see as `vars`; also of a version that is not in force any more. Errors: invalid.
  Result<std::shared_ptr<const flows::Vars>> vars(const flows::Flow& flow) const;

  /// The connection's settings as JSON text, secrets included; empty when there is no such connection.
  const std::string& connection_json(std::string_view name) const;

 private:
  Snapshot() = default;
  void add_hooks();
  void add_flow(const std::shared_ptr<const flows::Flow>& flow);
  std::string add_path(const flows::Flow& flow, std::size_t index);

  std::shared_ptr<const project::Project> project_;
  std::map<std::string, std::string, std::less<>> connection_json_;
  std::map<std::string, HookTarget, std::less<>> hooks_;  ///< by connection
  http::Routes routes_;
  std::vector<HookTarget> path_targets_;                      ///< by the route's id
  std::multimap<std::string, TriggerUse, std::less<>> uses_;  ///< by "connector.trigger"
  std::map<std::string, TriggerUse, std::less<>> manual_;
  std::map<std::string, std::shared_ptr<const flows::Vars>, std::less<>> vars_;  ///< by flow version
};

/// Scope of dedupe keys of a declared path.
std::string path_source(std::string_view flow, std::string_view path);

}  // namespace waggle::engine
