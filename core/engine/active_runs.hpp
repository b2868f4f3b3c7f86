// Which runs are in memory, over all loops, and about how much they hold. Keeps a run from being taken twice:
// by the loop that accepted it and by the backlog that reads rows. One short lock; any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/project/project.hpp"

namespace waggle::engine {

/// How much may be in memory at once.
struct RunLimits {
  explicit RunLimits(const project::Settings& settings)
      : runs(settings.max_runs_in_memory), bytes(settings.run_memory_bytes) {}
  std::size_t runs, bytes;
};

/// What JSON text of this length takes in a run, about: it is kept as it came and once more as values.
constexpr std::size_t held_bytes(std::size_t text_bytes) { return 2 * text_bytes; }

class ActiveRuns {
 public:
  /// False when the run is in memory. Who reads its row does so afterwards: a row read before may be older
  /// than the run's last time in memory. `bytes`: what it holds besides what every run does.
  bool add(const std::string& run_id, std::size_t bytes = 0);
  /// It holds so much more by now.
  void hold(const std::string& run_id, std::size_t bytes);
  /// True: somebody wanted to add it meanwhile, and did not get it.
  bool remove(const std::string& run_id);
  std::size_t size() const;
  /// What the run holds, about, in bytes; 0 when it is not in memory.
  std::size_t held(const std::string& run_id) const;
  /// For one more. A single run is taken whatever it holds.
  bool has_room(const RunLimits& limits) const;

 private:
  struct Held {
    std::size_t bytes;
    bool asked_for = false;  ///< by somebody else too
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Held> active_;  ///< by run id
  std::size_t bytes_ = 0;
};

}  // namespace waggle::engine
