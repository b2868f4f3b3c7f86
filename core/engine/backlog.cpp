#include "core/engine/backlog.hpp"

#include <algorithm>

#include "core/engine/request_words.hpp"

namespace waggle::engine {
namespace {

/// Rows read at once: enough to keep the loops busy, little enough (a few MB of bodies) to keep memory flat.
constexpr std::int64_t page_rows = 256;

/// The alarm is checked against the wall clock at least this often, so that a jump of the clock delays
/// nothing for long.
constexpr std::int64_t longest_alarm_ms = 60'000;

}  // namespace

Backlog::Backlog(World& world, FlowVersions& versions, std::vector<std::unique_ptr<Runner>>& runners,
                 std::unique_ptr<store::Reader> reader)
    : world_(world), versions_(versions), runners_(runners), reader_(std::move(reader)) {}

void Backlog::use(std::shared_ptr<const Snapshot> snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(snapshot);
}

void Backlog::kick() {
  {
    const std::lock_guard lock(mutex_);
    again_ = true;
    if (reading_ || world_.stopping) return;
    reading_ = true;
  }
  world_.loops.block([this] { read(); });
}

void Backlog::kick_from_start() {
  {
    const std::lock_guard lock(mutex_);
    from_start_ = true;
  }
  kick();
}

void Backlog::read() {
  for (;;) {
    std::shared_ptr<const Snapshot> snapshot;
    {
      const std::lock_guard lock(mutex_);
      snapshot = snapshot_;
      if (std::exchange(from_start_, false)) after_id_.clear();
      again_ = false;
    }
    const auto most = static_cast<std::int64_t>(snapshot->project().settings.max_runs_in_memory);
    const std::int64_t room = most - static_cast<std::int64_t>(world_.active.size());
    bool more = false;
    if (room >= std::min(page_rows, std::max<std::int64_t>(1, most / 4))) {
      world_.active.reading_begins();
      auto rows = reader_->due_runs(world_.now_ms(), after_id_, static_cast<int>(std::min(room, page_rows)));
      if (rows.ok()) {
        more = static_cast<std::int64_t>(rows->size()) == std::min(room, page_rows);
        deal(std::move(*rows), snapshot);
      } else {
        world_.log.error("waiting runs could not be read", rows.error());
      }
      world_.active.reading_ends();
      if (!more) {
        // Nothing is left: new runs need not queue up behind rows any more. What was committed before loops
        // saw that is read once more.
        more = !world_.take_directly.exchange(true);
        after_id_.clear();
        if (const auto due = reader_->next_due_ms(world_.now_ms()); due.ok() && *due) wake_at(**due);
      }
    }
    const std::lock_guard lock(mutex_);
    if (more && !world_.stopping) continue;
    if (again_ && !world_.stopping) continue;
    reading_ = false;
    return;
  }
}

void Backlog::deal(std::vector<store::RunDetail> rows, const std::shared_ptr<const Snapshot>& snapshot) {
  for (store::RunDetail& row : rows) {
    after_id_ = row.run.id;
    if (!world_.active.add(row.run.id)) continue;
    auto flow = versions_.get(row.run.flow, row.run.version, *snapshot, *reader_);
    if (!flow.ok()) {
      park(row, std::move(flow).error());
      continue;
    }
    auto run = begin_run(*flow, row.run, row.event, snapshot->project());
    if (!run.ok()) {
      park(row, std::move(run).error());
      continue;
    }
    Runner& runner = *runners_[next_runner_++ % runners_.size()];
    runner.post_take({std::move(row.run), std::move(*run), std::move(row.effects), {}});
  }
}

/// A run that cannot go on waits for a person, with the reason.
void Backlog::park(const store::RunDetail& row, Error error) {
  world_.log.error("run parked", error, {{"run", row.run.id}, {"flow", row.run.flow}});
  store::RunUpdate update;
  update.run = row.run;
  update.run.state = store::RunState::parked;
  update.run.error = std::move(error);
  world_.store.update_run(std::move(update),
                          [this, id = row.run.id](Result<void>) { world_.active.remove(id); });
}

void Backlog::wake_at(std::int64_t due_ms) {
  {
    const std::lock_guard lock(mutex_);
    if (alarm_ms_ != 0 && alarm_ms_ <= due_ms) return;
    alarm_ms_ = due_ms;
  }
  set_alarm(due_ms);
}

void Backlog::set_alarm(std::int64_t due_ms) {
  http::Loop& loop = world_.loops.at(0);
  loop.post([this, &loop, due_ms] {
    const std::int64_t pause = std::clamp<std::int64_t>(due_ms - world_.now_ms(), 0, longest_alarm_ms);
    loop.after(std::chrono::milliseconds(pause), [this, due_ms] {
      if (world_.stopping) return;
      if (world_.now_ms() < due_ms) return set_alarm(due_ms);
      {
        const std::lock_guard lock(mutex_);
        if (alarm_ms_ == due_ms) alarm_ms_ = 0;
      }
      kick_from_start();
    });
  });
}

}  // namespace waggle::engine
