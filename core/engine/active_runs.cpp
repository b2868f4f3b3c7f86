#include "core/engine/active_runs.hpp"

namespace waggle::engine {

bool ActiveRuns::add(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  return active_.insert(run_id).second;
}

void ActiveRuns::remove(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  active_.erase(run_id);
}

std::size_t ActiveRuns::size() const {
  const std::lock_guard lock(mutex_);
  return active_.size();
}

}  // namespace waggle::engine
