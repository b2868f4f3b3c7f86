#include "plugins/host/registry.hpp"

#include <algorithm>
#include <map>

namespace waggle::host {

Registry::Registry(std::vector<std::shared_ptr<const Plugin>> plugins, std::vector<PluginProblem> problems)
    : problems_(std::move(problems)) {
  std::map<std::string, std::shared_ptr<const Plugin>> by_id;
  for (auto& plugin : plugins) by_id[plugin->spec().id] = std::move(plugin);
  for (auto& [id, plugin] : by_id) plugins_.push_back(std::move(plugin));
}

bool Registry::unsettled() const {
  return std::any_of(problems_.begin(), problems_.end(),
                     [](const PluginProblem& problem) { return problem.may_pass; });
}

std::shared_ptr<const Plugin> Registry::find(std::string_view connector) const {
  const auto found =
      std::lower_bound(plugins_.begin(), plugins_.end(), connector,
                       [](const auto& plugin, std::string_view id) { return plugin->spec().id < id; });
  return found != plugins_.end() && (*found)->spec().id == connector ? *found : nullptr;
}

}  // namespace waggle::host
