#include "core/engine/connection_health.hpp"

namespace waggle::engine {

bool ConnectionHealth::break_connection(const std::string& name, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  return broken_.emplace(name, reason).second;
}

void ConnectionHealth::mend(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = broken_.find(name); found != broken_.end()) broken_.erase(found);
}

std::optional<std::string> ConnectionHealth::broken(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = broken_.find(name);
  if (found == broken_.end()) return std::nullopt;
  return found->second;
}

std::map<std::string, std::string, std::less<>> ConnectionHealth::all() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

}  // namespace waggle::engine
