#include "core/engine/active_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <limits>
#include <utility>

#include <waggle/json.hpp>

#include "core/engine/request_words.hpp"
#include "core/engine/run_words.hpp"
#include "core/engine/runner.hpp"

namespace waggle::engine {
namespace {

/// A run whose next business is later than this leaves memory and sleeps as a row: shorter pauses are not
/// worth two trips to the store, as long as there is room.
constexpr std::int64_t hold_in_memory_ms = 30'000;

/// When the store refuses a commit (disk full), the same commit is tried again after this; nothing that it
/// decides goes on meanwhile.
constexpr std::chrono::seconds commit_again{1};

}  // namespace

ActiveRun::ActiveRun(Runner& runner, std::shared_ptr<const Snapshot> snapshot, RunStart start)
    : runner_(runner),
      world_(runner.world()),
      snapshot_(std::move(snapshot)),
      row_(std::move(start.row)),
      run_(std::move(start.run)),
      first_(std::move(start.progress)),
      respond_(std::move(start.respond)),
      after_crash_(start.after_crash) {
  for (store::Effect& effect : start.recorded) {
    std::string key = effect.key;
    recorded_.emplace(std::move(key), std::move(effect));
  }
  remember_tries(start.attempts);
}

void ActiveRun::go() {
  absorb(first_ ? *std::exchange(first_, {}) : run_.advance());
  after_crash_ = false;
  flush();
}

void ActiveRun::absorb(flows::Progress progress) {
  std::deque<flows::Progress> queue;
  queue.push_back(std::move(progress));
  while (!queue.empty()) {
    flows::Progress now = std::move(queue.front());
    queue.pop_front();
    for (const flows::StepRecord& record : now.records) append_trace(trace_, record);
    state_ = now.state;
    if (now.error) error_ = std::move(now.error);
    for (flows::Effect& effect : now.wanted) {
      flows::Progress next;
      if (resolve_at_once(effect, next))
        queue.push_back(std::move(next));
      else
        open(std::move(effect));
    }
  }
}

/// True when the effect needs nothing of the world any more: its outcome was recorded, or it is the sender's
/// answer.
bool ActiveRun::resolve_at_once(const flows::Effect& effect, flows::Progress& next) {
  flows::Outcome outcome;
  if (const auto found = recorded_.find(effect.key); found != recorded_.end()) {
    const store::Effect& row = found->second;
    if (row.state == store::EffectState::pending) return false;
    outcome.error = row.error;
    outcome.output = row.output;
  } else if (effect.kind == flows::EffectKind::reply) {
    reply(effect);
    outcome.output = R"({"sent":true})";
  } else {
    return false;
  }
  auto resolved = run_.resolve(effect.key, outcome);
  if (resolved.ok()) {
    next = std::move(*resolved);
  } else {
    next.state = flows::RunState::failed;
    next.error = std::move(resolved).error();
  }
  return true;
}

void ActiveRun::open(flows::Effect effect) {
  Open open{.effect = std::move(effect)};
  const std::string key = open.effect.key;
  const auto found = recorded_.find(key);
  if (found != recorded_.end()) {
    open.attempts = found->second.attempts;
    open.plan_start = found->second.plan_start;
    open.due_ms = found->second.due_ms;
    open.error = found->second.error;
    const std::int64_t left = open.due_ms - world_.now_ms();
    if (open.effect.until_ms == 0 && left > 0) open.rested_ms = steady_ms() + left;
  } else if (open.effect.kind == flows::EffectKind::wait) {
    if (open.effect.wait_for.count() > 0)
      pause(open, open.effect.wait_for);
    else
      open.due_ms = open.effect.until_ms;
    pending_.effects.push_back(effect_row(open, store::EffectState::pending));
  }
  if (open.effect.kind == flows::EffectKind::action) suspect(open);
  open_.insert_or_assign(key, std::move(open));
  pending_.begin.push_back(key);
}

void ActiveRun::resolve(const std::string& key, const flows::Outcome& outcome) {
  open_.erase(key);
  if (state_ != flows::RunState::running)
    return;  // the run ended while this was under way; its outcome is on record
  auto resolved = run_.resolve(key, outcome);
  if (resolved.ok()) return absorb(std::move(*resolved));
  state_ = flows::RunState::failed;
  error_ = std::move(resolved).error();
}

bool ActiveRun::at_rest() const {
  if (under_way_ > 0) return false;
  if (state_ != flows::RunState::running || parking_error_) return true;
  return std::all_of(open_.begin(), open_.end(), [this](const auto& entry) {
    return entry.second.aside || leaves_for(rest_ms(entry.second));
  });
}

/// Who pauses does nothing with the room that it takes, so no more than half of it is for pauses that are no
/// naps. A run whose sender can still be answered after the pause stays.
bool ActiveRun::leaves_for(std::int64_t pause_ms) const {
  if (pause_ms <= longest_nap_ms) return false;
  if (pause_ms > hold_in_memory_ms) return true;
  const std::int64_t age_ms = world_.now_ms() - row_.created_ms;
  if (respond_ && age_ms + pause_ms < std::chrono::milliseconds(reply_deadline).count()) return false;
  RunLimits half(runner_.snapshot()->project().settings);
  half.runs = (half.runs + 1) / 2;
  half.bytes /= 2;
  return !world_.active.has_room(half);
}

/// Puts on record what only memory knows of the effects that wait: that a try before this life may have
/// reached the app, and the moment of a pause when the wall clock, by which a row sleeps, was set meanwhile.
void ActiveRun::before_rest() {
  for (auto& [key, open] : open_) {
    const bool doubtful = std::exchange(open.doubtful, false);
    const std::int64_t due = open.rested_ms > 0 ? world_.now_ms() + rest_ms(open) : open.due_ms;
    const bool moved = std::abs(due - open.due_ms) >= return_step_ms;
    if (!doubtful && !moved) continue;
    if (moved) open.due_ms = due;
    if (doubtful) pending_.attempts.push_back(unknown_attempt(open.effect, open.attempts));
    pending_.effects.push_back(effect_row(open, store::EffectState::pending));
  }
}

/// The row as this commit writes it: final, parked or asleep when the run rests; else `queued`, which means:
/// go on with it.
store::Run ActiveRun::row_now(bool resting) const {
  store::Run row = row_;
  row.state = store::RunState::queued;
  row.due_ms = 0;
  row.reason.clear();
  if (!resting) return row;
  row.trace = "[" + trace_ + "]";
  if (state_ != flows::RunState::running) {
    end_row(row, state_, error_, world_.now_ms(), world_.mask);
  } else if (parking_error_) {
    row.state = store::RunState::parked;
    row.error = parking_error_;
    row.error->message = world_.mask(row.error->message);
    row.parked_for = parked_for_;
  } else {
    row.state = store::RunState::waiting;
    row.due_ms = std::numeric_limits<std::int64_t>::max();
    for (const auto& [key, open] : open_)
      row.due_ms = std::min(row.due_ms, open.rested_ms > 0 ? return_moment(open.due_ms) : open.due_ms);
    row.reason = waits_for_;
  }
  return row;
}

void ActiveRun::flush() {
  if (committing_ || left_) return;
  if (state_ == flows::RunState::running && open_.empty()) {
    state_ = flows::RunState::failed;
    error_ = bug("the run waits for nothing and does not end; please report this with its flow");
  }
  const bool resting = at_rest();
  if (pending_.effects.empty() && pending_.attempts.empty() && !resting) {
    for (const std::string& key : std::exchange(pending_.begin, {})) begin_effect(key);
    return;
  }
  if (resting) before_rest();
  const auto update = std::make_shared<store::RunUpdate>();
  update->run = row_now(resting);
  leaving_ = update->run.state != store::RunState::queued;
  update->effects = std::exchange(pending_.effects, {});
  update->attempts = std::exchange(pending_.attempts, {});
  if (run_.flow().pacing()) update->lane_now_ms = world_.now_ms();
  committing_ = true;
  auto begin = std::exchange(pending_.begin, {});
  world_.store.update_run(update, [self = shared_from_this(), update, begin](Result<void> written) mutable {
    http::Loop& loop = self->runner_.loop();
    loop.post(
        [self = std::move(self), written = std::move(written), update, begin = std::move(begin)]() mutable {
          self->committed(std::move(written), std::move(update), std::move(begin));
        });
  });
}

void ActiveRun::committed(Result<void> written, std::shared_ptr<store::RunUpdate> update,
                          std::vector<std::string> begin) {
  committing_ = false;
  if (!written.ok()) {
    leaving_ = false;
    if (world_.stopping) return;
    // Nothing of it is on disk: put it back in front of what has come since, and try again.
    pending_.effects.insert(pending_.effects.begin(), update->effects.begin(), update->effects.end());
    pending_.attempts.insert(pending_.attempts.begin(), update->attempts.begin(), update->attempts.end());
    pending_.begin.insert(pending_.begin.begin(), begin.begin(), begin.end());
    world_.log.error("a run's progress could not be stored; trying again",
                     {{"run", row_.id}, {"error", written.error().message}});
    committing_ = true;
    runner_.loop().after(commit_again, [self = shared_from_this()] {
      self->committing_ = false;
      self->flush();
    });
    return;
  }
  if (respond_ && !update->run.reply.empty())
    std::exchange(respond_, {})(reply_from(update->run.reply));  // only now: it is on disk
  if (update->run.state != store::RunState::queued) {
    row_ = std::move(update->run);
    return leave();
  }
  for (const std::string& key : begin) begin_effect(key);
  if (!pending_.effects.empty() || !pending_.attempts.empty() || at_rest()) flush();
}

void ActiveRun::leave() {
  left_ = true;
  for (auto& [key, open] : open_)
    if (open.cancel_timer) open.cancel_timer();
  answer_sender();
  const bool asked_for = world_.active.remove(row_.id);
  if (row_.state == store::RunState::waiting)
    world_.wake_at(row_.due_ms);
  else
    runner_.ended(row_);
  if (row_.state == store::RunState::parked) look_at_mended();
  // Who retried it between its commit and now has queued it, and nobody could take it.
  if (asked_for && (row_.state == store::RunState::parked || row_.state == store::RunState::failed))
    world_.go_on_with(row_.id);
  if (!world_.take_directly) world_.kick_backlog();
  runner_.erase(row_.id);  // last: may destroy this
}

/// Whoever mended the connection while this run was on its way to being parked did not find it.
void ActiveRun::look_at_mended() {
  if (row_.parked_for.empty() || world_.health.broken(row_.parked_for)) return;
  world_.store.requeue(row_.id, [&world = world_, id = row_.id](Result<bool> queued) {
    if (queued.ok() && *queued) world.go_on_with(id);
    if (!queued.ok())
      world.log.error("a run whose connection is mended could not be queued again; retry it by hand",
                      queued.error(), {{"run", id}});
  });
}

void ActiveRun::answer_sender() {
  if (respond_) std::exchange(respond_, {})(reply_of_ended(row_));
}

}  // namespace waggle::engine
