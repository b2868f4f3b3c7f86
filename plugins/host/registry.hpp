// All connectors at one moment. Immutable: a change of the plugin folders makes a new Registry, and whoever
// works with the old one keeps it, with its plugins' code. For the engine, the checks of flows and the
// command line. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/host/plugin.hpp"

namespace waggle::host {

/// A file that is not, or no longer, in use as it stands there; one clear line.
struct PluginProblem {
  std::string file;
  Error error;
  bool may_pass = false;  ///< another look may find it gone although the file did not change

  /// "plugins/x.so invalid: it is no shared library ..."
  std::string line() const { return file + " " + std::string(to_string(error.next)) + ": " + error.message; }
};

class Registry {
 public:
  Registry() = default;
  /// Of two plugins with one id the later stays.
  Registry(std::vector<std::shared_ptr<const Plugin>> plugins, std::vector<PluginProblem> problems);

  /// nullptr when there is no such connector.
  std::shared_ptr<const Plugin> find(std::string_view connector) const;
  const std::vector<std::shared_ptr<const Plugin>>& plugins() const {
    return plugins_;
  }  ///< in the order of their ids
  const std::vector<PluginProblem>& problems() const { return problems_; }
  /// A problem may be gone at another look.
  bool unsettled() const;

 private:
  std::vector<std::shared_ptr<const Plugin>> plugins_;
  std::vector<PluginProblem> problems_;
};

}  // namespace waggle::host
