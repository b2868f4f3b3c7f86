// Which runs are in memory, over all loops. Keeps a run from being taken twice: by the loop that accepted it
// and by the backlog that reads rows. One short lock; any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_set>

namespace waggle::engine {

class ActiveRuns {
 public:
  /// False when the run is in memory. Who reads its row does so afterwards: a row read before may be older
  /// than the run's last time in memory.
  bool add(const std::string& run_id);
  void remove(const std::string& run_id);
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_set<std::string> active_;
};

}  // namespace waggle::engine
