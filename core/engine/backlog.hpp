// The backlog: runs that wait as rows, because memory was full, they slept, were retried, or the process was
// killed. Reads them in pages on the blocking pool and deals them out to the loops. Starting and restarting
// are this same code. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/engine/flow_versions.hpp"
#include "core/engine/runner.hpp"

namespace waggle::engine {

class Backlog {
 public:
  Backlog(World& world, FlowVersions& versions, std::vector<std::unique_ptr<Runner>>& runners,
          std::unique_ptr<store::Reader> reader);

  /// The snapshot that runs of the backlog begin with. Before the first kick, and at each change.
  void use(std::shared_ptr<const Snapshot> snapshot);
  /// Rows may be waiting.
  void kick();
  /// A run sleeps in the store until then (Unix ms).
  void wake_at(std::int64_t due_ms);
  /// From the beginning: rows were put back that lie behind what was read already (retry, mended connection).
  void kick_from_start();

 private:
  void read();  ///< on a pool thread; one at a time
  void deal(std::vector<store::RunDetail> rows, const std::shared_ptr<const Snapshot>& snapshot);
  void park(const store::RunDetail& row, Error error);
  void set_alarm(std::int64_t due_ms);

  World& world_;
  FlowVersions& versions_;
  std::vector<std::unique_ptr<Runner>>& runners_;
  std::unique_ptr<store::Reader> reader_;
  std::mutex mutex_;  ///< of what follows; never held while reading
  std::shared_ptr<const Snapshot> snapshot_;
  bool reading_ = false;
  bool again_ = false;
  bool from_start_ = true;
  std::int64_t alarm_ms_ = 0;    ///< when the alarm rings; 0 = none is set
  std::string after_id_;         ///< only the reading thread
  std::size_t next_runner_ = 0;  ///< only the reading thread
};

}  // namespace waggle::engine
