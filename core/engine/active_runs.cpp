#include "core/engine/active_runs.hpp"

namespace waggle::engine {

bool ActiveRuns::add(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  if (left_while_reading_.count(run_id) != 0) return false;
  return active_.insert(run_id).second;
}

void ActiveRuns::remove(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  active_.erase(run_id);
  if (reading_) left_while_reading_.insert(run_id);
}

std::size_t ActiveRuns::size() const {
  const std::lock_guard lock(mutex_);
  return active_.size();
}

void ActiveRuns::reading_begins() {
  const std::lock_guard lock(mutex_);
  reading_ = true;
}

void ActiveRuns::reading_ends() {
  const std::lock_guard lock(mutex_);
  reading_ = false;
  left_while_reading_.clear();
}

}  // namespace waggle::engine
