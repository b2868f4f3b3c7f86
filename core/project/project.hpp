// A project folder as read at one moment: settings, connections, flows, and the connectors that were loaded
// for it. Immutable; a change of a file makes a new one that is swapped in, and runs in progress keep the one
// they began with. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "flows/flow.hpp"
#include "flows/problem.hpp"

namespace waggle::host {
class Registry;
}

namespace waggle::project {

/// waggle.yaml; every key has a default. docs/project.md is made from the same table of keys.
struct Settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string public_url;  ///< empty = http://address:port
  std::string data_dir;    ///< absolute; default: data/ in the project folder
  int loops = 0;           ///< event loops; 0 = one per core
  int blocking_threads = 4;
  std::size_t max_body_bytes = 10u << 20;
  std::size_t max_runs_in_memory = 20'000;   ///< over all loops; the rest wait as rows
  std::size_t run_memory_bytes = 64u << 20;  ///< what they may hold, about; the rest wait as rows
  std::chrono::milliseconds action_timeout{
      30'000};  ///< of one attempt, when neither step nor connector says another
  std::chrono::milliseconds shutdown_deadline{10'000};
  std::chrono::milliseconds keep_events{std::chrono::hours(24 * 30)};  ///< after their last run; 0 = for ever
  std::uint64_t max_stored_bytes = 10ull << 30;                        ///< of the database; 0 = no limit
  std::string log_level = "info";
  Json vars;  ///< what expressions see as `vars`
};

/// One account of a connector. `settings` has its secrets in clear: it is handed to the connector and to
/// nothing else.
struct Connection {
  std::string name;
  std::string connector;
  Json settings;
  std::vector<std::string> secrets;  ///< values to be masked wherever text leaves the engine
  flows::Position at;
  std::size_t at_once = 0;                ///< calls at the same time; 0 = the engine's default
  std::optional<flows::Rate> limit = {};  ///< calls per time
};

class Project : public flows::Catalog {
 public:
  std::string dir;  ///< absolute
  Settings settings;
  std::map<std::string, Connection, std::less<>> connections;
  std::map<std::string, std::shared_ptr<const flows::Flow>, std::less<>> flows;
  std::map<std::string, std::string, std::less<>> flow_texts;
  /// By flow id, in the order of Flow::triggers(): the triggers' settings with ${env...} resolved and
  /// defaults filled in. As a connection's, they have their secrets in clear.
  std::map<std::string, std::vector<Json>, std::less<>> trigger_settings;
  std::shared_ptr<const host::Registry> registry;
  flows::Problems problems;  ///< errors and warnings of this load
  std::vector<std::string>
      secrets;  ///< all secret values, of connections and triggers; what a Redactor is made of

  const ConnectorSpec* connector(std::string_view id) const override;
  std::vector<std::string> connector_ids() const override;
  std::string connection_connector(std::string_view connection) const override;
  std::vector<std::string> connections_of(std::string_view connector) const override;
  std::optional<std::string> flow_text(std::string_view id) const override;
  std::vector<std::string> flow_ids() const override;
};

/// waggle.yaml alone: what must be known before there is a store and before plugins are loaded. Errors:
/// invalid (its first problem).
Result<Settings> load_settings(const std::string& dir);

/// Reads and checks a whole project folder. Never fails for a bad flow: its problems say what is wrong, and
/// when `previous` has a good version of that flow it stays in force. Errors: invalid (no such folder;
/// waggle.yaml or connections.yaml unusable and no previous).
Result<std::shared_ptr<const Project>> load_project(const std::string& dir,
                                                    std::shared_ptr<const host::Registry> registry,
                                                    const Project* previous = nullptr);

}  // namespace waggle::project
