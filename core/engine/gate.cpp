#include "core/engine/gate.hpp"

#include <algorithm>

namespace waggle::engine {
namespace {

/// The alarm is held against the wall clock at least this often: a clock that jumps forward delays nothing
/// for long.
constexpr std::int64_t longest_alarm_ms = 2'000;

}  // namespace

void Gate::open() { ask(); }

void Gate::heard(store::LaneNews news) {
  if (!news.superseded.empty())
    world_.log.info("runs superseded by a newer one", {{"runs", news.superseded.size()}});
  if (!news.released.empty()) backlog_.want(std::move(news.released));
  if (news.next_due_ms != 0) ask_at(news.next_due_ms);
}

void Gate::ask() {
  world_.store.release_due(world_.now_ms(), [this](Result<void> asked) {
    if (asked.ok() || world_.stopping) return;
    world_.log.error("held runs could not be looked at; trying again", asked.error());
    ask_at(world_.now_ms() + longest_alarm_ms);
  });
}

void Gate::ask_at(std::int64_t due_ms) {
  {
    const std::lock_guard lock(mutex_);
    if (alarm_ms_ != 0 && alarm_ms_ <= due_ms) return;
    alarm_ms_ = due_ms;
  }
  wait_for(due_ms);
}

void Gate::wait_for(std::int64_t due_ms) {
  http::Loop& loop = world_.loops.at(0);
  loop.post([this, &loop, due_ms] {
    const std::int64_t pause = std::clamp<std::int64_t>(due_ms - world_.now_ms(), 0, longest_alarm_ms);
    loop.after(std::chrono::milliseconds(pause), [this, due_ms] {
      if (world_.stopping) return;
      {
        const std::lock_guard lock(mutex_);
        if (alarm_ms_ != due_ms) return;  // an earlier one has taken its place
        if (world_.now_ms() >= due_ms) alarm_ms_ = 0;
      }
      world_.now_ms() >= due_ms ? ask() : wait_for(due_ms);
    });
  });
}

}  // namespace waggle::engine
