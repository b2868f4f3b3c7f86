#include "core/store/sqlite/sweep.hpp"

#include <algorithm>
#include <cstring>

namespace waggle::store::sqlite {
namespace {

/// Events that had to stay (a parked run) are looked at again after a part of the time that they are kept,
/// these at least and at most; when space is short, sooner.
constexpr std::chrono::minutes least_between_events{1}, most_between_events{60};
constexpr std::int64_t kept_parts = 24;
constexpr std::chrono::minutes between_sizes{1};
/// Passes over all keys and over all runs; each costs a second or two of the writer's time per some million
/// rows.
constexpr std::chrono::hours between_keys{6};
constexpr std::chrono::hours between_versions{24};
/// Rows read between two looks at the clock.
constexpr int rows_at_once = 256;
/// Over its size: events deleted between two looks at the size. One may have 10 MB.
constexpr std::uint64_t events_per_measure = 8;
/// Pages given back between two looks: each has to be moved from the end of the file.
constexpr std::int64_t pages_at_once = 32;
/// Free pages that stay for what comes: giving them back only to ask for them again would be work for
/// nothing.
constexpr std::uint64_t spare_parts = 16;
constexpr std::uint64_t spare_pages = 256;
/// Over its limit, a database is brought down by this part more, so that it is not over it again at once.
constexpr std::uint64_t below_parts = 16;

IdBytes id_in(const Query& row, int column) {
  IdBytes id{};
  const std::string_view bytes = row.view(column);
  if (bytes.size() == id.size()) std::memcpy(id.data(), bytes.data(), id.size());
  return id;
}

}  // namespace

Sweep::Sweep(Connection& connection, SweepMemory& memory, Keep keep, Done<Swept> done)
    : connection_(connection),
      memory_(memory),
      keep_(keep),
      done_(std::move(done)),
      next_event_(connection,
                  "SELECT number, id, received_ms FROM events WHERE number > ?1 ORDER BY number LIMIT 1"),
      runs_of_(connection, "SELECT id, state, ended_ms FROM runs INDEXED BY runs_event WHERE event = ?1"),
      attempts_(connection, "DELETE FROM attempts WHERE run = ?1"),
      effects_(connection, "DELETE FROM effects WHERE run = ?1"),
      traces_(connection, "DELETE FROM run_traces WHERE run = ?1"),
      run_(connection, "DELETE FROM runs WHERE id = ?1"),
      repeats_(connection, "DELETE FROM event_repeats WHERE event = ?1"),
      event_(connection, "DELETE FROM events WHERE number = ?1"),
      count_(connection, "UPDATE run_counts SET runs = runs - ?2 WHERE state = ?1"),
      keys_(connection,
            "SELECT scope, key, expires_ms FROM event_keys WHERE (scope, key) > (?1, ?2) "
            "ORDER BY scope, key LIMIT ?3"),
      delete_key_(connection, "DELETE FROM event_keys WHERE scope = ?1 AND key = ?2"),
      versions_(connection, "SELECT id, version FROM runs WHERE id > ?1 ORDER BY id LIMIT ?2"),
      stored_versions_(connection, "SELECT version FROM flow_versions"),
      version_number_(connection, "SELECT id FROM names WHERE name = ?1"),
      delete_version_(connection, "DELETE FROM flow_versions WHERE version = ?1") {}

Result<void> Sweep::measure() {
  WAGGLE_TRY(const std::int64_t pages, connection_.number("PRAGMA page_count"));
  WAGGLE_TRY(const std::int64_t free, connection_.number("PRAGMA freelist_count"));
  WAGGLE_TRY(const std::int64_t bytes, connection_.number("PRAGMA page_size"));
  pages_ = static_cast<std::uint64_t>(pages);
  free_pages_ = static_cast<std::uint64_t>(free);
  page_bytes_ = static_cast<std::uint64_t>(bytes);
  swept_.database_bytes = pages_ * page_bytes_;
  swept_.used_bytes = (pages_ - free_pages_) * page_bytes_;
  const std::uint64_t most = for_size_ ? keep_.max_bytes - keep_.max_bytes / below_parts : keep_.max_bytes;
  for_size_ = keep_.max_bytes != 0 && swept_.used_bytes > most;
  return {};
}

void Sweep::begin() {
  begun_ = true;
  const auto now = Clock::now();
  if (keep_.thorough || now >= memory_.events_again || (for_size_ && now >= memory_.sized_again)) {
    memory_.after_event = 0;
    memory_.sized_again = now + between_sizes;
    if (!keep_.thorough) {  // somebody's own sweep says nothing about when retention should look again
      const std::chrono::milliseconds part((keep_.now_ms - keep_.since_ms) / kept_parts);
      memory_.events_again =
          now + std::clamp<Clock::duration>(part, least_between_events, most_between_events);
    }
  }
  after_event_ = memory_.after_event;
}

Result<bool> Sweep::slice(Clock::time_point until) {
  WAGGLE_TRY_VOID(measure());
  if (!begun_) begin();
  WAGGLE_TRY_VOID(connection_.execute("BEGIN IMMEDIATE"));
  const Sweep::Phase phase = phase_;
  const Swept swept = swept_;
  const auto cursors = std::tuple(for_size_, after_event_, key_scope_, key_, after_run_, memory_.keys_again,
                                  memory_.versions_again);
  auto worked = work(until);
  if (worked.ok())
    if (auto saved = save_counts(); !saved.ok()) worked = saved.error();
  if (worked.ok())
    if (auto committed = connection_.execute("COMMIT"); !committed.ok()) worked = committed.error();
  if (worked.ok()) {
    memory_.after_event = after_event_;
    return worked;
  }
  if (connection_.in_transaction()) (void)connection_.execute("ROLLBACK");
  phase_ = phase;
  swept_ = swept;
  std::tie(for_size_, after_event_, key_scope_, key_, after_run_, memory_.keys_again,
           memory_.versions_again) = cursors;
  counts_.clear();
  return worked;
}

/// True when nothing is left to do in any phase.
Result<bool> Sweep::work(Clock::time_point until) {
  do {
    bool over = false;
    switch (phase_) {
      case Phase::events: {
        WAGGLE_TRY(over, delete_events(until));
        break;
      }
      case Phase::keys: {
        WAGGLE_TRY(over, delete_keys(until));
        break;
      }
      case Phase::versions: {
        WAGGLE_TRY(over, find_used_versions(until));
        if (over) WAGGLE_TRY_VOID(delete_versions());
        break;
      }
      case Phase::pages: {
        WAGGLE_TRY(over, free_pages(until));
        break;
      }
      case Phase::done:
        break;
    }
    if (over) phase_ = static_cast<Phase>(static_cast<int>(phase_) + 1);
  } while (phase_ != Phase::done && Clock::now() < until);
  return phase_ == Phase::done;
}

Result<bool> Sweep::delete_events(Clock::time_point until) {
  do {
    WAGGLE_TRY_VOID(next_event_.start(after_event_));
    WAGGLE_TRY(const bool found, next_event_.next());
    if (!found) return true;
    const std::int64_t number = next_event_.number(0), received_ms = next_event_.number(2);
    const IdBytes id = id_in(next_event_, 1);
    next_event_.reset();
    // One from the future (the clock jumped) does not stand in the way of those behind it.
    if (!for_size_ && received_ms >= keep_.since_ms && received_ms <= keep_.now_ms) return true;
    after_event_ = number;
    WAGGLE_TRY(const bool deleted, delete_event(id, number));
    if (deleted && for_size_ && swept_.events % events_per_measure == 0) WAGGLE_TRY_VOID(measure());
  } while (Clock::now() < until);
  return false;
}

/// All final, and long enough; fills runs_.
Result<bool> Sweep::all_may_go(const IdBytes& event) {
  runs_.clear();
  ResetAtEnd reset(runs_of_);
  WAGGLE_TRY_VOID(runs_of_.start(event));
  while (true) {
    WAGGLE_TRY(const bool more, runs_of_.next());
    if (!more) return true;
    if (!is_final(run_state_from(runs_of_.view(1)))) return false;
    if (!for_size_ && runs_of_.number(2) >= keep_.since_ms) return false;
    runs_.push_back({runs_of_.text(1), id_in(runs_of_, 0)});
  }
}

Result<bool> Sweep::delete_event(const IdBytes& id, std::int64_t number) {
  WAGGLE_TRY(const bool may_go, all_may_go(id));
  if (!may_go) return false;
  for (const OldRun& run : runs_) WAGGLE_TRY_VOID(delete_run(run));
  WAGGLE_TRY_VOID(repeats_.run(id));
  WAGGLE_TRY_VOID(event_.run(number));
  ++swept_.events;
  return true;
}

Result<void> Sweep::delete_run(const OldRun& run) {
  for (Query* rows : {&attempts_, &effects_, &traces_, &run_}) WAGGLE_TRY_VOID(rows->run(run.id));
  ++counts_[run.state];
  ++swept_.runs;
  return {};
}

Result<void> Sweep::save_counts() {
  for (const auto& [state, runs] : counts_) WAGGLE_TRY_VOID(count_.run(state, runs));
  counts_.clear();
  return {};
}

Result<bool> Sweep::delete_keys(Clock::time_point until) {
  if (key_scope_ == 0 && !keep_.thorough && Clock::now() < memory_.keys_again) return true;
  do {
    std::vector<std::pair<std::int64_t, std::string>> expired;
    WAGGLE_TRY_VOID(keys_.start(key_scope_, key_, rows_at_once));
    int rows = 0;
    for (;; ++rows) {
      WAGGLE_TRY(const bool more, keys_.next());
      if (!more) break;
      key_scope_ = keys_.number(0);
      key_ = keys_.text(1);
      if (keys_.number(2) <= keep_.now_ms) expired.emplace_back(key_scope_, key_);
    }
    for (const auto& [scope, key] : expired) WAGGLE_TRY_VOID(delete_key_.run(scope, key));
    swept_.keys += expired.size();
    if (rows == rows_at_once) continue;
    memory_.keys_again = Clock::now() + between_keys;
    return true;
  } while (Clock::now() < until);
  return false;
}

/// Which versions runs name. There is no index for that: it would cost at each arrival what is asked once a
/// day.
Result<bool> Sweep::find_used_versions(Clock::time_point until) {
  if (after_run_ == IdBytes{} && !keep_.thorough && Clock::now() < memory_.versions_again) {
    phase_ = Phase::pages;
    return false;
  }
  do {
    WAGGLE_TRY_VOID(versions_.start(after_run_, rows_at_once));
    int rows = 0;
    for (;; ++rows) {
      WAGGLE_TRY(const bool more, versions_.next());
      if (!more) break;
      after_run_ = id_in(versions_, 0);
      used_versions_.insert(versions_.number(1));
    }
    if (rows < rows_at_once) return true;
  } while (Clock::now() < until);
  return false;
}

/// Those that no run names and that are not in force. Runs that came meanwhile name versions in force.
Result<void> Sweep::delete_versions() {
  std::vector<std::string> unused;
  {
    ResetAtEnd reset(stored_versions_);
    WAGGLE_TRY_VOID(stored_versions_.start());
    while (true) {
      WAGGLE_TRY(const bool more, stored_versions_.next());
      if (!more) break;
      std::string version = stored_versions_.text(0);
      if (memory_.versions_in_force.count(version) != 0) continue;
      ResetAtEnd reset_number(version_number_);
      WAGGLE_TRY_VOID(version_number_.start(version));
      WAGGLE_TRY(const bool named, version_number_.next());
      if (!named || used_versions_.count(version_number_.number(0)) == 0)
        unused.push_back(std::move(version));
    }
  }
  for (const std::string& version : unused) WAGGLE_TRY_VOID(delete_version_.run(version));
  swept_.flow_versions += unused.size();
  memory_.versions_again = Clock::now() + between_versions;
  return {};
}

/// Moves pages from the end of the file into free ones; the next move of the log then cuts the file.
Result<bool> Sweep::free_pages(Clock::time_point until) {
  WAGGLE_TRY_VOID(measure());
  do {
    const std::uint64_t spare = keep_.thorough ? 0 : pages_ / spare_parts + spare_pages;
    if (free_pages_ <= spare) return true;
    const std::uint64_t before = pages_;
    const auto most = std::min(static_cast<std::int64_t>(free_pages_ - spare), pages_at_once);
    const std::string vacuum = "PRAGMA incremental_vacuum(" + std::to_string(most) + ")";
    WAGGLE_TRY_VOID(connection_.execute(vacuum.c_str()));
    WAGGLE_TRY_VOID(measure());
    if (pages_ >= before) return true;  // not a database of ours: made without auto_vacuum
    swept_.freed_bytes += (before - pages_) * page_bytes_;
  } while (Clock::now() < until);
  return false;
}

void Sweep::finish(const Error* failure) {
  if (!done_) return;
  if (failure)
    done_(*failure);
  else
    done_(swept_);
}

}  // namespace waggle::store::sqlite
