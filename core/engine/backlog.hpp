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
  /// These are queued, and nobody else will begin them: held until now.
  void want(std::vector<std::string> run_ids);
  /// A run sleeps in the store until then (Unix ms).
  void wake_at(std::int64_t due_ms);
  /// From the beginning: rows were put back that lie behind what was read already (retry, mended connection).
  void kick_from_start();

 private:
  void begin();
  // On a pool thread, one at a time:
  void read();
  enum class Left { none, some, unknown };  ///< rows that nobody has looked at
  void take_wanted(const std::vector<std::string>& ids, const std::shared_ptr<const Snapshot>& snapshot);
  Left read_by_turns(const std::shared_ptr<const Snapshot>& snapshot);
  Left read_queued(const std::shared_ptr<const Snapshot>& snapshot);
  Left read_woken(const std::shared_ptr<const Snapshot>& snapshot);
  void set_next_alarm();
  void take(const std::string& id, const std::shared_ptr<const Snapshot>& snapshot);
  void deal(store::RunDetail row, const std::shared_ptr<const Snapshot>& snapshot);
  bool has_room(const Snapshot& snapshot) const;
  bool has_wanted_room(const Snapshot& snapshot) const;
  void park(const store::RunDetail& row, Error error);
  void leave_unread(const std::string& id, const Error& error);
  void look_again_later();
  Left leave_behind(const Snapshot& snapshot);
  void set_alarm(std::int64_t due_ms, std::uint64_t number);

  World& world_;
  FlowVersions& versions_;
  std::vector<std::unique_ptr<Runner>>& runners_;
  std::unique_ptr<store::Reader> reader_;
  std::mutex mutex_;  ///< of what follows; never held while reading
  std::shared_ptr<const Snapshot> snapshot_;
  bool reading_ = false;
  bool again_ = false;
  std::vector<std::string> wanted_;  ///< runs that are queued
  bool from_start_ = true;
  bool pass_ = true;            ///< queued rows may be waiting, and not only those that wake
  bool pass_at_alarm_ = false;  ///< something could not be read: the next alarm looks everywhere
  std::int64_t alarm_ms_ = 0;   ///< when the alarm rings; 0 = none is set
  std::uint64_t alarms_ = 0;    ///< set so far: only the last one rings

  // Only the reading thread:
  bool in_pass_ = false;                ///< queued rows are being looked for
  std::string after_id_;                ///< ... and have been seen up to here
  bool queued_again_ = false;           ///< somebody may have come behind that place
  bool unread_ = false;                 ///< a row could not be read in this pass
  std::int64_t looked_ms_ = 0;          ///< who wakes by then is being looked for, or has been seen
  store::Reader::Waiting after_woken_;  ///< ... up to here
  bool woken_again_ = false;            ///< somebody may have been put to sleep behind that place
  bool queued_first_ = false;
  std::size_t next_runner_ = 0;
};

}  // namespace waggle::engine
