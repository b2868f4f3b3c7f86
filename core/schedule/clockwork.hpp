// Clockwork: fires schedules when their time comes. Made by the engine when all else works, on its first
// loop; set() from a thread that may block, the rest happens on that loop. What a tick does is the caller's:
// it stores the event and the moved cursor in one commit.
//
// Promises: a schedule's first start sets its cursor to now, so nothing of the past is fired; each planned
// tick is fired at most once per cursor; a tick whose commit fails is tried again, later and later; wall
// clock jumps lead to no hot loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include <waggle/result.hpp>

#include "core/http/loops.hpp"
#include "core/observe/log.hpp"
#include "core/schedule/schedule.hpp"
#include "core/store/store.hpp"

namespace waggle::schedule {

/// The wall clock is looked at this often at least: it may be set, and the machine may have slept.
constexpr std::chrono::milliseconds max_sleep = std::chrono::seconds(20);
/// A cursor further ahead than this was set by a clock that went wrong; it is put back to now, or the
/// schedule would be silent until then.
constexpr std::chrono::milliseconds max_cursor_ahead = std::chrono::hours(24);
/// Between tries to store a tick: from the first to the second, doubling.
constexpr std::chrono::milliseconds first_pause = std::chrono::seconds(1),
                                    longest_pause = std::chrono::minutes(1);

/// A schedule trigger of a flow.
struct Job {
  std::string flow;
  Schedule schedule;

  /// Name of its cursor in the store. A changed rule is another cursor, which begins at now.
  std::string cursor() const { return flow + " " + schedule.text; }
};

struct Tick {
  std::string flow;
  std::string cursor;
  std::int64_t planned_ms = 0;
  std::string payload;  ///< JSON: {"scheduled_for", "fired_at"}, RFC 3339 in UTC
};

class Clockwork {
 public:
  struct Parts {
    http::Loop& loop;
    store::Store& store;
    observe::Log& log;
    std::function<std::int64_t()> now_ms;  ///< Unix ms, UTC
    /// Stores the tick's event, its runs and the moved cursor (Store::arrive_scheduled). Called on the loop;
    /// `done` may be called once, from any thread.
    std::function<void(const Tick& tick, std::function<void(Result<void>)> done)> fire;
  };

  explicit Clockwork(Parts parts);
  /// No tick begins after this. On any thread but the loop's it waits for the one that is just beginning, so
  /// the loop must still turn or be stopped already.
  ~Clockwork();
  Clockwork(const Clockwork&) = delete;

  /// The jobs that hold from now on. Reads cursors from the store: blocks. Errors: the store's; then the old
  /// jobs stay.
  Result<void> set(std::vector<Job> jobs);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace waggle::schedule
