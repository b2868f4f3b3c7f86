#include "core/engine/flow_versions.hpp"

namespace waggle::engine {

void FlowVersions::remember(const std::shared_ptr<const flows::Flow>& flow) {
  const std::lock_guard lock(mutex_);
  known_.insert_or_assign(flow->version(), flow);
}

Result<std::shared_ptr<const flows::Flow>> FlowVersions::get(const std::string& flow,
                                                             const std::string& version,
                                                             const Snapshot& snapshot,
                                                             store::Reader& reader) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(version); found != known_.end()) return found->second;
  }
  WAGGLE_TRY(auto bundle, reader.flow_bundle(version));
  if (!bundle) return failed("the store has no version " + version + " of flow " + flow, "no_flow_version");
  flows::Loaded loaded = flows::load_bundle(flow, *bundle, snapshot.project());
  if (!loaded.flow) {
    std::string why = loaded.problems.empty() ? "" : ": " + loaded.problems.front().to_text();
    return invalid("flow " + flow + " cannot be built any more in the version this run began with" + why,
                   "flow_version_broken");
  }
  remember(loaded.flow);
  return loaded.flow;
}

}  // namespace waggle::engine
