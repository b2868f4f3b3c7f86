#include "core/engine/active_runs.hpp"

namespace waggle::engine {
namespace {

/// Of every run, whatever its texts: rows, frames, a call under way.
constexpr std::size_t least_held_bytes = 4u << 10;

}  // namespace

bool ActiveRuns::add(const std::string& run_id, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto [entry, added] = active_.try_emplace(run_id, Held{least_held_bytes + bytes});
  if (added)
    bytes_ += least_held_bytes + bytes;
  else
    entry->second.asked_for = true;
  return added;
}

void ActiveRuns::hold(const std::string& run_id, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(run_id);
  if (found == active_.end()) return;
  bytes_ += bytes;
  found->second.bytes += bytes;
}

bool ActiveRuns::remove(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(run_id);
  if (found == active_.end()) return false;
  const bool asked_for = found->second.asked_for;
  bytes_ -= found->second.bytes;
  active_.erase(found);
  return asked_for;
}

std::size_t ActiveRuns::size() const {
  const std::lock_guard lock(mutex_);
  return active_.size();
}

std::size_t ActiveRuns::held(const std::string& run_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(run_id);
  return found == active_.end() ? 0 : found->second.bytes;
}

bool ActiveRuns::has_room(const RunLimits& limits) const {
  const std::lock_guard lock(mutex_);
  return active_.size() < limits.runs && bytes_ < limits.bytes;
}

}  // namespace waggle::engine
