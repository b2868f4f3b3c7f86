#include "core/engine/backlog.hpp"

#include <algorithm>
#include <iterator>

#include "core/engine/request_words.hpp"

namespace waggle::engine {
namespace {

/// Room for this many runs is waited for, so that a full memory does not cost a read per run that leaves it.
constexpr std::size_t page_rows = 256;

/// Ids read at once. They come from an index; rows, which hold bodies, are read one by one.
constexpr int page_ids = 4096;

/// The alarm is checked against the wall clock at least this often, so that a jump of the clock delays
/// nothing for long.
constexpr std::int64_t longest_alarm_ms = 60'000;

/// When the store could not be read (a busy or failing disk), it is tried again after this.
constexpr std::int64_t read_again_ms = 5'000;

/// Those limits below which reading rows is worth while: room for a page of runs and for a part of the bytes.
RunLimits worth_reading(RunLimits limits) {
  limits.runs -= std::min(page_rows, std::max<std::size_t>(1, limits.runs / 4)) - 1;
  limits.bytes -= limits.bytes / 4;
  return limits;
}

bool is_due(const store::Run& run, std::int64_t now_ms) {
  return run.state == store::RunState::queued ||
         (run.state == store::RunState::waiting && run.due_ms <= now_ms);
}

std::size_t text_bytes(const store::RunDetail& row) {
  std::size_t bytes = row.event.payload_text().size() + row.event.meta.size();
  for (const store::Effect& effect : row.effects) bytes += effect.input.size() + effect.output.size();
  return bytes;
}

/// The pure run of a row, at its beginning.
Result<flows::Run> rebuild(const std::shared_ptr<const flows::Flow>& flow, const store::RunDetail& row,
                           const Snapshot& snapshot) {
  WAGGLE_TRY(auto event, flows::ParsedJson::stored(row.event.payload_text()));
  WAGGLE_TRY(auto meta, flows::ParsedJson::stored(row.event.meta));
  WAGGLE_TRY(auto vars, snapshot.vars(*flow));
  return begin_run(flow, row.run, std::move(event), std::move(meta), std::move(vars));
}

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
    pass_ = true;
  }
  begin();
}

void Backlog::kick_from_start() {
  {
    const std::lock_guard lock(mutex_);
    pass_ = from_start_ = true;
  }
  begin();
}

void Backlog::want(std::vector<std::string> run_ids) {
  {
    const std::lock_guard lock(mutex_);
    wanted_.insert(wanted_.end(), std::make_move_iterator(run_ids.begin()),
                   std::make_move_iterator(run_ids.end()));
  }
  begin();
}

void Backlog::begin() {
  {
    const std::lock_guard lock(mutex_);
    again_ = true;
    if (reading_ || world_.stopping) return;
    reading_ = true;
  }
  world_.loops.block([this] { read(); });
}

bool Backlog::has_room(const Snapshot& snapshot) const {
  return world_.active.has_room(RunLimits(snapshot.project().settings));
}

bool Backlog::has_wanted_room(const Snapshot& snapshot) const {
  return world_.active.has_room(worth_reading(RunLimits(snapshot.project().settings)));
}

void Backlog::read() {
  for (;;) {
    std::shared_ptr<const Snapshot> snapshot;
    std::vector<std::string> wanted;
    {
      const std::lock_guard lock(mutex_);
      snapshot = snapshot_;
      wanted.swap(wanted_);
      if (std::exchange(from_start_, false)) {
        after_id_.clear();
        unread_ = false;
      }
      if (std::exchange(pass_, false)) in_pass_ = queued_again_ = true;
      if (std::exchange(again_, false)) woken_again_ = true;
    }
    take_wanted(wanted, snapshot);
    const Left left = has_wanted_room(*snapshot) ? read_by_turns(snapshot) : leave_behind(*snapshot);
    const std::lock_guard lock(mutex_);
    if ((left == Left::some || pass_ || again_) && !world_.stopping) continue;
    reading_ = false;
    return;
  }
}

/// A page of each kind: new runs do not stand behind all that come back, nor these behind them.
Backlog::Left Backlog::read_by_turns(const std::shared_ptr<const Snapshot>& snapshot) {
  Left queued = Left::none;
  if (in_pass_) queued_first_ = !queued_first_;
  if (in_pass_ && queued_first_) queued = read_queued(snapshot);
  const Left woken = read_woken(snapshot);
  if (in_pass_ && !queued_first_) queued = read_queued(snapshot);
  // Each kind was seen to its end.
  if (!in_pass_ && woken == Left::none && !unread_) world_.recovering = false;
  return queued == Left::some ? queued : woken;
}

/// Those that find no room in memory wait as rows and are found there.
void Backlog::take_wanted(const std::vector<std::string>& ids,
                          const std::shared_ptr<const Snapshot>& snapshot) {
  for (const std::string& id : ids) {
    if (has_room(*snapshot)) {
      take(id, snapshot);
      continue;
    }
    world_.take_directly = false;
    const std::lock_guard lock(mutex_);
    pass_ = from_start_ = true;
    return;
  }
}

/// Memory is full and rows may wait that nobody will announce: whoever leaves memory next looks for them.
Backlog::Left Backlog::leave_behind(const Snapshot& snapshot) {
  world_.take_directly = false;
  // Those who left before they could see that did not look.
  return has_wanted_room(snapshot) ? Left::some : Left::unknown;
}

void Backlog::set_next_alarm() {
  const auto due = reader_->next_due_ms(std::min(looked_ms_, world_.now_ms()));
  if (due.ok() && *due) wake_at(**due);
  if (!due.ok()) look_again_later();
}

/// The next rows in the order of their ids.
Backlog::Left Backlog::read_queued(const std::shared_ptr<const Snapshot>& snapshot) {
  if (after_id_.empty()) queued_again_ = false;
  const auto ids = reader_->queued_runs(after_id_, page_ids);
  if (!ids.ok()) {
    world_.log.error("queued runs could not be read; trying again", ids.error());
    look_again_later();
    return Left::unknown;
  }
  for (const std::string& id : *ids) {
    if (!has_room(*snapshot)) return Left::some;
    take(id, snapshot);
    after_id_ = id;
  }
  if (ids->size() == page_ids) return Left::some;
  after_id_.clear();
  // New runs need not queue up behind rows any more. What was committed before loops saw that is read once
  // more.
  if (!world_.take_directly.exchange(true) || queued_again_) return Left::some;
  in_pass_ = false;
  return Left::none;
}

/// Only those whose time has come: an alarm must not cost more than what it wakes.
Backlog::Left Backlog::read_woken(const std::shared_ptr<const Snapshot>& snapshot) {
  if (after_woken_.id.empty()) {
    looked_ms_ = world_.now_ms();
    woken_again_ = false;
  }
  const auto woken = reader_->woken_runs(looked_ms_, after_woken_, page_ids);
  if (!woken.ok()) {
    world_.log.error("waiting runs could not be read; trying again", woken.error());
    look_again_later();
    return Left::unknown;
  }
  for (const store::Reader::Waiting& run : *woken) {
    if (!has_room(*snapshot)) return Left::some;
    take(run.id, snapshot);
    after_woken_ = run;
  }
  if (woken->size() == page_ids) return Left::some;
  after_woken_ = {};
  if (woken_again_) return Left::some;
  set_next_alarm();
  return Left::none;
}

/// Takes one run into memory, unless it is there. The row is read after that is settled, so that it is not
/// older than the run's last time in memory.
void Backlog::take(const std::string& id, const std::shared_ptr<const Snapshot>& snapshot) {
  if (!world_.active.add(id)) return;
  auto row = reader_->run(id);
  if (row.ok() && *row && is_due((*row)->run, world_.now_ms())) return deal(std::move(**row), snapshot);
  if (!row.ok()) return leave_unread(id, row.error());
  world_.active.remove(id);
}

void Backlog::leave_unread(const std::string& id, const Error& error) {
  world_.log.error("a waiting run could not be read; trying again", error, {{"run", id}});
  world_.active.remove(id);
  unread_ = true;
  look_again_later();
}

void Backlog::deal(store::RunDetail row, const std::shared_ptr<const Snapshot>& snapshot) {
  auto flow = versions_.get(row.run.flow, row.run.version, *snapshot, *reader_);
  if (!flow.ok() && flow.error().next == Next::retry) return leave_unread(row.run.id, flow.error());
  if (!flow.ok()) return park(row, std::move(flow).error());
  auto run = rebuild(*flow, row, *snapshot);
  if (!run.ok()) return park(row, std::move(run).error());
  world_.active.hold(row.run.id, held_bytes(text_bytes(row)));
  Runner& runner = *runners_[next_runner_++ % runners_.size()];
  // A woken run's row says `waiting` until its next commit, and a call may have begun by then.
  const bool was_due = row.run.state == store::RunState::queued || row.run.due_ms <= world_.started_ms;
  const bool after_crash = world_.recovering && was_due && row.run.created_ms < world_.started_ms;
  RunStart start{std::move(row.run), std::move(*run), std::move(row.effects), std::move(row.attempts)};
  start.after_crash = after_crash;
  runner.post_take(std::move(start));
}

/// A run that cannot go on waits for a person, with the reason.
void Backlog::park(const store::RunDetail& row, Error error) {
  world_.log.error("run parked", error, {{"run", row.run.id}, {"flow", row.run.flow}});
  store::RunUpdate update;
  update.run = row.run;
  update.run.state = store::RunState::parked;
  update.run.error = std::move(error);
  world_.store.update_run(std::move(update), [this, id = row.run.id](Result<void> parked) {
    const bool asked_for = world_.active.remove(id);
    if (!parked.ok()) return look_again_later();
    if (asked_for) world_.go_on_with(id);  // retried between the commit and now
    if (!world_.take_directly) kick();     // there is room for one more
  });
}

void Backlog::look_again_later() {
  {
    const std::lock_guard lock(mutex_);
    pass_at_alarm_ = true;
  }
  wake_at(world_.now_ms() + read_again_ms);
}

void Backlog::wake_at(std::int64_t due_ms) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (alarm_ms_ != 0 && alarm_ms_ <= due_ms) return;
    alarm_ms_ = due_ms;
    number = ++alarms_;
  }
  set_alarm(due_ms, number);
}

void Backlog::set_alarm(std::int64_t due_ms, std::uint64_t number) {
  http::Loop& loop = world_.loops.at(0);
  loop.post([this, &loop, due_ms, number] {
    const std::int64_t pause = std::clamp<std::int64_t>(due_ms - world_.now_ms(), 0, longest_alarm_ms);
    loop.after(std::chrono::milliseconds(pause), [this, due_ms, number] {
      if (world_.stopping) return;
      const bool early = world_.now_ms() < due_ms;
      {
        const std::lock_guard lock(mutex_);
        if (number != alarms_) return;  // one that rings sooner was set since
        // Who only looks again need not mind a clock that was set back.
        if (early && !pass_at_alarm_) return set_alarm(due_ms, number);
        alarm_ms_ = 0;
        if (std::exchange(pass_at_alarm_, false)) pass_ = from_start_ = true;
      }
      begin();
    });
  });
}

}  // namespace waggle::engine
