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
  /// False when the run is in memory, or left it while the backlog was reading (the row read may be older
  /// than its end).
  bool add(const std::string& run_id);
  void remove(const std::string& run_id);
  std::size_t size() const;

  /// The backlog brackets each of its reads, so that what leaves meanwhile is remembered.
  void reading_begins();
  void reading_ends();

 private:
  mutable std::mutex mutex_;
  std::unordered_set<std::string> active_;
  std::unordered_set<std::string> left_while_reading_;
  bool reading_ = false;
};

}  // namespace waggle::engine
