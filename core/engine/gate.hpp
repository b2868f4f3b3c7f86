// The gate: brings runs that the store let go (`runs`, `limit`, `debounce`) into memory, and asks the store
// again when the next one's time has come. The decisions themselves are the store's. Any thread.
#pragma once

#include <cstdint>
#include <mutex>

#include "core/engine/backlog.hpp"

namespace waggle::engine {

class Gate {
 public:
  Gate(World& world, Backlog& backlog) : world_(world), backlog_(backlog) {}

  /// After a start: lets go whose time came while nobody was there.
  void open();
  /// What a commit changed in lanes. On the writer's thread.
  void heard(store::LaneNews news);

 private:
  void ask();
  void ask_at(std::int64_t due_ms);
  void wait_for(std::int64_t due_ms);

  World& world_;
  Backlog& backlog_;
  std::mutex mutex_;
  std::int64_t alarm_ms_ = 0;  ///< when the alarm rings; 0 = none is set. Guarded by mutex_
};

}  // namespace waggle::engine
