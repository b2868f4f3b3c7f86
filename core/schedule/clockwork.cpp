#include "core/schedule/clockwork.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include <waggle/time.hpp>

namespace waggle::schedule {
namespace {

using std::chrono::milliseconds;

/// Always with milliseconds: the payload's texts are in order when the times are.
std::string rfc3339(std::int64_t unix_ms) { return to_rfc3339_ms(from_unix_ms(unix_ms)); }

/// A job with where it stands. On the loop only.
struct Standing {
  Job job;
  std::int64_t cursor_ms = 0;      ///< what the store holds, or will once the tick under way is committed
  std::deque<std::int64_t> ticks;  ///< to be fired, oldest first; the first is under way when `firing`
  bool firing = false;
  bool resting = false;              ///< after a failed try
  milliseconds pause = first_pause;  ///< the next rest
};

}  // namespace

/// Outlives the Clockwork while a callback is on its way.
class Clockwork::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(Parts parts) : parts_(std::move(parts)) {}

  void stop() {
    std::lock_guard lock(turning_);
    stopped_ = true;
  }

  Result<void> set(std::vector<Job> jobs) {
    std::map<std::string, Standing> standings;
    WAGGLE_TRY(auto reader, parts_.store.reader());
    for (Job& job : jobs) {
      std::string name = job.cursor();
      WAGGLE_TRY(std::optional<std::int64_t> cursor, reader->schedule_cursor(name));
      if (!cursor) {
        cursor = parts_.now_ms();
        parts_.store.set_schedule_cursor(name, *cursor, [this_ = shared_from_this()](Result<void> written) {
          // Not fatal: without it the schedule would start at now again after the next restart.
          if (!written)
            this_->parts_.log.warning("schedule cursor not stored", {{"error", written.error().message}});
        });
      }
      Standing standing;
      standing.job = std::move(job);
      standing.cursor_ms = *cursor;
      standings.insert_or_assign(std::move(name), std::move(standing));
    }
    on_loop(
        [standings = std::move(standings)](State& state) mutable { state.replace(std::move(standings)); });
    return {};
  }

 private:
  /// Runs `work` on the loop, unless stopped by then.
  template <class Work>
  void on_loop(Work work) {
    parts_.loop.post(guarded(std::move(work)));
  }
  template <class Work>
  std::function<void()> guarded(Work work) {
    return [weak = weak_from_this(), work = std::make_shared<Work>(std::move(work))] {
      auto state = weak.lock();
      if (!state) return;
      std::lock_guard lock(state->turning_);
      if (!state->stopped_) (*work)(*state);
    };
  }

  void replace(std::map<std::string, Standing> standings) {
    for (auto& [name, standing] : standings) {
      auto old = standings_.find(name);
      if (old == standings_.end()) continue;
      // The store was read a moment ago, perhaps before a tick that is under way was committed: what stands
      // here is newer. Only the policy may have changed.
      old->second.job = std::move(standing.job);
      standing = std::move(old->second);
    }
    standings_ = std::move(standings);
    turn();
  }

  /// Begins what is due and sleeps until the next.
  void turn() {
    std::optional<milliseconds> sleep;
    for (auto& [name, standing] : standings_) {
      milliseconds next = turn_one(name, standing);
      sleep = sleep ? std::min(*sleep, next) : next;
    }
    if (cancel_timer_) cancel_timer_();
    cancel_timer_ = nullptr;
    if (sleep)
      cancel_timer_ = parts_.loop.after(std::clamp(*sleep, milliseconds(1), max_sleep),
                                        guarded([](State& state) { state.turn(); }));
  }

  /// How long nothing is to be done for this job.
  milliseconds turn_one(const std::string& name, Standing& standing) {
    if (standing.firing || standing.resting) return max_sleep;  // the end of either turns again
    const std::int64_t now = parts_.now_ms();
    if (standing.ticks.empty()) plan(standing, now);
    if (!standing.ticks.empty()) {
      fire(name, standing, now);
      return max_sleep;
    }
    auto next = next_after(standing.job.schedule, standing.cursor_ms);
    return next ? milliseconds(std::max<std::int64_t>(*next - now, 1)) : max_sleep;
  }

  void plan(Standing& standing, std::int64_t now) {
    if (standing.cursor_ms > now + max_cursor_ahead.count()) {
      parts_.log.warning("the clock was set back; the schedule goes on from now",
                         {{"flow", standing.job.flow}, {"fired_until", rfc3339(standing.cursor_ms)}});
      standing.cursor_ms = now;
    }
    Due due = due_between(standing.job.schedule, standing.cursor_ms, now);
    if (due.dropped)
      parts_.log.warning("more ticks were missed than are made up for",
                         {{"flow", standing.job.flow}, {"made_up", due.fire.size()}});
    standing.ticks.assign(due.fire.begin(), due.fire.end());
    if (standing.ticks.empty()) standing.cursor_ms = due.cursor_ms;
  }

  void fire(const std::string& name, Standing& standing, std::int64_t now) {
    standing.firing = true;
    Tick tick{standing.job.flow, name, standing.ticks.front(), {}};
    tick.payload =
        "{\"scheduled_for\":\"" + rfc3339(tick.planned_ms) + "\",\"fired_at\":\"" + rfc3339(now) + "\"}";
    auto done = [weak = weak_from_this(), name, planned = tick.planned_ms](Result<void> stored) {
      auto state = weak.lock();
      if (!state) return;
      state->on_loop(
          [name, planned, stored = std::move(stored)](State& self) { self.fired(name, planned, stored); });
    };
    parts_.fire(tick, std::move(done));
  }

  void fired(const std::string& name, std::int64_t planned, const Result<void>& stored) {
    auto found = standings_.find(name);
    if (found == standings_.end()) return;  // the flow is gone
    Standing& standing = found->second;
    if (!standing.firing || standing.ticks.empty() || standing.ticks.front() != planned) return;
    standing.firing = false;
    if (stored.ok()) {
      standing.cursor_ms = planned;
      standing.ticks.pop_front();
      standing.pause = first_pause;
    } else {
      parts_.log.error("a schedule's tick could not be stored; it is tried again", stored.error(),
                       {{"flow", standing.job.flow}, {"in_ms", standing.pause.count()}});
      standing.resting = true;
      parts_.loop.after(standing.pause, guarded([name](State& state) { state.rested(name); }));
      standing.pause = std::min(standing.pause * 2, longest_pause);
    }
    turn();
  }

  void rested(const std::string& name) {
    if (auto found = standings_.find(name); found != standings_.end()) found->second.resting = false;
    turn();
  }

  Parts parts_;
  std::mutex turning_;  // held while the loop works here, and to stop
  bool stopped_ = false;
  std::map<std::string, Standing> standings_;
  std::function<void()> cancel_timer_;
};

Clockwork::Clockwork(Parts parts) : state_(std::make_shared<State>(std::move(parts))) {}
Clockwork::~Clockwork() { state_->stop(); }
Result<void> Clockwork::set(std::vector<Job> jobs) { return state_->set(std::move(jobs)); }

}  // namespace waggle::schedule
