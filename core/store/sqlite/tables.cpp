#include "core/store/sqlite/tables.hpp"

#include <algorithm>

#include "core/clock.hpp"

namespace waggle::store::sqlite {
namespace {

/// How long a dedupe key is kept when the caller does not say: senders repeat for up to 5 days.
constexpr std::int64_t default_keep_ms = 7ll * 24 * 60 * 60 * 1000;

/// `error` of a record as four columns. Without one they are all NULL, but for a run's `reason`, which stands
/// where the message would.
struct ErrorColumns {
  explicit ErrorColumns(const std::optional<Error>& error, std::string_view reason = {}) : message(reason) {
    if (!error) return;
    next = to_string(error->next);
    code = error->code;
    message = error->message;
    if (error->after) after_ms = error->after->count();
  }
  std::string_view next, code, message;
  std::int64_t after_ms = 0;
};

/// A person sends effects on their way again: what failed is due at once, what waits for its next attempt
/// keeps its time, and both begin their plans anew. (A `wait` has no attempts.)
const std::string again =
    "UPDATE effects SET state = 'pending', due_ms = CASE state WHEN 'failed' THEN 0 ELSE due_ms END, "
    "ended_ms = 0, plan_start = attempts WHERE ";
const std::string unfinished = "(state = 'failed' OR (state = 'pending' AND attempts > 0))";

bool is_what_did(const Attempt& attempt, const Effect& effect) {
  return effect.state == EffectState::done && attempt.key == effect.key &&
         attempt.number == effect.attempts && !attempt.error && attempt.started_ms != 0;
}

Result<IdBytes> bytes_of(std::string_view what, std::string_view id) {
  if (auto bytes = id_bytes(id)) return *bytes;
  return bug("the store needs a UUID as " + std::string(what) + ", not '" + std::string(id) +
                 "'; make it with new_id()",
             "store_bad_id");
}

}  // namespace

Names::Names(Connection& connection)
    : connection_(connection),
      find_(connection, "SELECT id FROM names WHERE name = ?1"),
      add_(connection, "INSERT INTO names (name) VALUES (?1)") {}

Result<std::int64_t> Names::number(const std::string& name) {
  if (name.empty()) return std::int64_t{0};
  if (auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  WAGGLE_TRY_VOID(find_.start(name));
  WAGGLE_TRY(const bool found, find_.next());
  std::int64_t number = 0;
  if (found) {
    number = find_.number(0);
    find_.reset();
  } else {
    WAGGLE_TRY_VOID(add_.run(name));
    number = sqlite3_last_insert_rowid(connection_.handle());
  }
  numbers_.emplace(name, number);
  return number;
}

// Longer than other functions because it is no story but a list: every statement that writes.
Tables::Tables(Connection& connection)
    : connection_(connection),
      names_(connection),
      // An expired row is taken over; a live one changes nothing, which `changes` tells.
      take_key_(
          connection,
          "INSERT INTO event_keys (scope, key, first, expires_ms) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT (scope, key) DO UPDATE SET first = excluded.first, expires_ms = excluded.expires_ms "
          "WHERE expires_ms <= ?5"),
      key_owner_(connection, "SELECT first FROM event_keys WHERE scope = ?1 AND key = ?2"),
      // A key may outlive its event (retention): there is nothing to count at then.
      count_repeat_(connection,
                    "INSERT INTO event_repeats (event, repeats) SELECT ?1, 1 "
                    "WHERE EXISTS (SELECT 1 FROM events WHERE id = ?1) "
                    "ON CONFLICT (event) DO UPDATE SET repeats = repeats + 1"),
      insert_event_(connection,
                    "INSERT INTO events (id, source, connector, trigger, connection, received_ms, "
                    "dedupe_key, delivery_id, "
                    "meta, payload, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
      insert_run_(
          connection,
          "INSERT INTO runs (id, event, flow, version, state, due_ms, created_ms, ended_ms, seed, "
          "parked_for, subject, "
          "error_next, error_code, error_message, error_after_ms) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, 0), ?11, ?12, ?13, ?14, nullif(?15, 0))"),
      run_state_(connection, "SELECT state FROM runs WHERE id = ?1"),
      update_run_(connection,
                  "UPDATE runs SET state = ?2, due_ms = ?3, ended_ms = ?4, parked_for = nullif(?5, 0), "
                  "error_next = ?6, "
                  "error_code = ?7, error_message = ?8, error_after_ms = nullif(?9, 0) WHERE id = ?1 AND "
                  "state = ?10"),
      write_trace_(
          connection,
          "INSERT INTO run_traces (run, reply, trace) VALUES (?1, ?2, ?3) ON CONFLICT (run) DO UPDATE SET "
          "reply = coalesce(excluded.reply, reply), trace = coalesce(excluded.trace, trace)"),
      write_effect_(
          connection,
          "INSERT OR REPLACE INTO effects (run, key, state, attempts, due_ms, ended_ms, connector, action, "
          "connection, name, error_next, error_code, error_message, error_after_ms, input, output, "
          "plan_start, done_started_ms, done_took_ms, done_exchanges) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, nullif(?14, 0), ?15, ?16, ?17, "
          "nullif(?18, 0), ?19, ?20)"),
      write_attempt_(
          connection,
          "INSERT OR REPLACE INTO attempts (run, key, number, started_ms, took_ms, error_next, error_code, "
          "error_message, error_after_ms, exchanges) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), ?10)"),
      requeue_run_(
          connection,
          "UPDATE runs SET state = 'queued', due_ms = 0, ended_ms = 0, parked_for = NULL, error_next = NULL, "
          "error_code = NULL, error_message = NULL, error_after_ms = NULL WHERE id = ?1"),
      requeue_effects_(connection, again + "run = ?1 AND " + unfinished),
      mend_effects_(connection,
                    again + "connection = ?1 AND " + unfinished +
                        " AND run IN (SELECT id FROM runs WHERE parked_for = ?1 AND state = 'parked')"),
      mend_runs_(
          connection,
          "UPDATE runs SET state = 'queued', due_ms = 0, ended_ms = 0, parked_for = NULL, error_next = NULL, "
          "error_code = NULL, error_message = NULL, error_after_ms = NULL WHERE parked_for = ?1 AND state = "
          "'parked'"),
      set_cursor_(connection,
                  "INSERT INTO schedules (name, cursor_ms) VALUES (?1, ?2) "
                  "ON CONFLICT (name) DO UPDATE SET cursor_ms = excluded.cursor_ms"),
      break_connection_(connection,
                        "INSERT INTO broken_connections (name, reason, since_ms) VALUES (?1, ?2, ?3) "
                        "ON CONFLICT (name) DO UPDATE SET reason = excluded.reason"),
      forget_broken_(connection, "DELETE FROM broken_connections WHERE name = ?1"),
      save_version_(connection,
                    "INSERT INTO flow_versions (version, flow, bundle, created_ms) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (version) DO NOTHING"),
      add_count_(connection,
                 "INSERT INTO run_counts (state, runs) VALUES (?1, ?2) ON CONFLICT (state) DO UPDATE SET "
                 "runs = runs + ?2"),
      lanes_(connection, [this](RunState state, std::int64_t change) { count(state, change); }) {}

Result<Tables::Taken> Tables::take_key(const std::string& scope, const std::string& key, const IdBytes& first,
                                       std::int64_t now_ms, std::int64_t keep_ms) {
  WAGGLE_TRY(const std::int64_t scope_number, names_.number(scope));
  const std::int64_t expires_ms = now_ms + (keep_ms > 0 ? keep_ms : default_keep_ms);
  WAGGLE_TRY_VOID(take_key_.run(scope_number, key, first, expires_ms, now_ms));
  if (connection_.changes() == 1) return Taken{};
  ResetAtEnd reset(key_owner_);
  WAGGLE_TRY_VOID(key_owner_.start(scope_number, key));
  WAGGLE_TRY(const bool found, key_owner_.next());
  if (!found)
    return bug("the owner of dedupe key '" + key + "' of " + scope + " is gone within one transaction");
  return Taken{false, key_owner_.id(0)};
}

Result<Arrived> Tables::arrive(const Arrival& arrival) {
  const Event& event = arrival.event;
  WAGGLE_TRY(const IdBytes event_id, bytes_of("event id", event.id));
  Arrived arrived{false, event.id, {}};
  if (!event.dedupe_key.empty()) {
    WAGGLE_TRY(const Taken taken,
               take_key(event.source, event.dedupe_key, event_id, event.received_ms, arrival.dedupe_keep_ms));
    if (!taken.is_new) {
      WAGGLE_TRY(const IdBytes first, bytes_of("event id", taken.first));
      WAGGLE_TRY_VOID(count_repeat_.run(first));
      return Arrived{true, taken.first, {}};
    }
  }
  WAGGLE_TRY_VOID(insert_event(event, event_id));
  for (const Arrival::QueuedRun& queued : arrival.runs) {
    WAGGLE_TRY(const IdBytes run_id, bytes_of("run id", queued.run.id));
    if (!queued.dedupe_scope.empty() && !queued.dedupe_key.empty()) {
      WAGGLE_TRY(const Taken taken, take_key(queued.dedupe_scope, queued.dedupe_key, run_id,
                                             event.received_ms, queued.dedupe_keep_ms));
      if (!taken.is_new) {
        arrived.skipped_runs.push_back(queued.run.id);
        continue;
      }
    }
    if (queued.lane) {
      WAGGLE_TRY(const bool begins, insert_in_lane(queued, run_id, event_id, event.received_ms));
      if (!begins) arrived.held_runs.push_back(queued.run.id);
      continue;
    }
    WAGGLE_TRY_VOID(insert_run(queued.run, run_id, event_id));
  }
  return arrived;
}

Result<void> Tables::insert_event(const Event& event, const IdBytes& id) {
  WAGGLE_TRY(const std::int64_t source, names_.number(event.source));
  WAGGLE_TRY(const std::int64_t connector, names_.number(event.connector));
  WAGGLE_TRY(const std::int64_t trigger, names_.number(event.trigger));
  WAGGLE_TRY(const std::int64_t connection, names_.number(event.connection));
  return insert_event_.run(id, source, connector, trigger, connection, event.received_ms, event.dedupe_key,
                           event.delivery_id, event.meta, event.payload, Blob{event.body});
}

Result<bool> Tables::insert_in_lane(const Arrival::QueuedRun& queued, const IdBytes& id,
                                    const IdBytes& event_id, std::int64_t now_ms) {
  Run held = queued.run;
  held.state = RunState::held;
  WAGGLE_TRY_VOID(insert_run(held, id, event_id));
  WAGGLE_TRY(const std::int64_t flow, names_.number(held.flow));
  return lanes_.enter(*queued.lane, flow, id, now_ms);
}

Result<void> Tables::insert_run(const Run& run, const IdBytes& id, const IdBytes& event_id) {
  WAGGLE_TRY(const std::int64_t flow, names_.number(run.flow));
  WAGGLE_TRY(const std::int64_t version, names_.number(run.version));
  WAGGLE_TRY(const std::int64_t parked_for, names_.number(run.parked_for));
  const ErrorColumns error(run.error, run.reason);
  WAGGLE_TRY_VOID(insert_run_.run(id, event_id, flow, version, to_string(run.state),
                                  run.state == RunState::waiting ? run.due_ms : 0, run.created_ms,
                                  run.ended_ms, static_cast<std::int64_t>(run.seed), parked_for, run.subject,
                                  error.next, error.code, error.message, error.after_ms));
  count(run.state, +1);
  return write_trace(run, id);
}

Result<void> Tables::write_trace(const Run& run, const IdBytes& id) {
  if (run.trace.empty() && run.reply.empty()) return {};
  return write_trace_.run(id, run.reply, run.trace);
}

Result<RunState> Tables::state_of(const IdBytes& run_id) {
  ResetAtEnd reset(run_state_);
  WAGGLE_TRY_VOID(run_state_.start(run_id));
  WAGGLE_TRY(const bool found, run_state_.next());
  return found ? run_state_from(run_state_.view(0)) : RunState::unset;
}

/// Answers the state it had. Nearly every run was queued, so that is tried before the row is asked.
Result<RunState> Tables::write_state(const Run& run, const IdBytes& id) {
  WAGGLE_TRY(const std::int64_t parked_for,
             names_.number(run.state == RunState::parked ? run.parked_for : std::string()));
  const ErrorColumns error(run.error, run.reason);
  const auto write = [&](RunState before) {
    return update_run_.run(id, to_string(run.state), run.state == RunState::waiting ? run.due_ms : 0,
                           run.ended_ms, parked_for, error.next, error.code, error.message, error.after_ms,
                           to_string(before));
  };
  WAGGLE_TRY_VOID(write(RunState::queued));
  if (connection_.changes() == 1) return RunState::queued;
  WAGGLE_TRY(const RunState before, state_of(id));
  if (before == RunState::unset)
    return bug("run " + run.id + " is not in the store; it cannot be updated", "no_such_run");
  WAGGLE_TRY_VOID(write(before));
  return before;
}

Result<void> Tables::update_run(const RunUpdate& update) {
  const Run& run = update.run;
  WAGGLE_TRY(const IdBytes id, bytes_of("run id", run.id));
  WAGGLE_TRY(const RunState before, write_state(run, id));
  count(before, -1);
  count(run.state, +1);
  WAGGLE_TRY_VOID(write_trace(run, id));
  WAGGLE_TRY_VOID(write_effects(update, id));
  if (update.lane_now_ms == 0 || !(is_final(run.state) || run.state == RunState::parked)) return {};
  return lanes_.left(id, run.state, update.lane_now_ms);
}

/// The attempt that did it goes into the effect's own row (0004_last_attempt.sql).
Result<void> Tables::write_effects(const RunUpdate& update, const IdBytes& run_id) {
  for (const Effect& effect : update.effects) {
    const auto did_it = std::find_if(update.attempts.begin(), update.attempts.end(),
                                     [&](const Attempt& attempt) { return is_what_did(attempt, effect); });
    WAGGLE_TRY_VOID(write_effect(effect, did_it == update.attempts.end() ? Attempt{} : *did_it, run_id));
  }
  for (const Attempt& attempt : update.attempts) {
    const bool is_written = std::any_of(update.effects.begin(), update.effects.end(),
                                        [&](const Effect& effect) { return is_what_did(attempt, effect); });
    if (!is_written) WAGGLE_TRY_VOID(write_attempt(attempt, run_id));
  }
  return {};
}

Result<void> Tables::write_effect(const Effect& effect, const Attempt& did_it, const IdBytes& run_id) {
  WAGGLE_TRY(const std::int64_t connector, names_.number(effect.connector));
  WAGGLE_TRY(const std::int64_t action, names_.number(effect.action));
  WAGGLE_TRY(const std::int64_t connection, names_.number(effect.connection));
  const ErrorColumns error(effect.error);
  return write_effect_.run(run_id, effect.key, to_string(effect.state), effect.attempts, effect.due_ms,
                           effect.ended_ms, connector, action, connection, effect.name, error.next,
                           error.code, error.message, error.after_ms, effect.input, effect.output,
                           effect.plan_start, did_it.started_ms, did_it.took_ms, did_it.exchanges);
}

Result<void> Tables::write_attempt(const Attempt& attempt, const IdBytes& run_id) {
  const ErrorColumns error(attempt.error);
  return write_attempt_.run(run_id, attempt.key, attempt.number, attempt.started_ms, attempt.took_ms,
                            error.next, error.code, error.message, error.after_ms, attempt.exchanges);
}

Result<bool> Tables::requeue(const std::string& run_id) {
  const auto id = id_bytes(run_id);
  if (!id) return false;
  WAGGLE_TRY(const RunState before, state_of(*id));
  if (before != RunState::parked && before != RunState::failed) return false;
  WAGGLE_TRY_VOID(requeue_run_.run(*id));
  WAGGLE_TRY_VOID(requeue_effects_.run(*id));
  count(before, -1);
  count(RunState::queued, +1);
  WAGGLE_TRY_VOID(lanes_.come_back(*id, before, now_ms()));
  return true;
}

Result<bool> Tables::discard(const std::string& run_id, const std::string& reason, std::int64_t now_ms) {
  const auto id = id_bytes(run_id);
  if (!id) return false;
  WAGGLE_TRY(const RunState before, state_of(*id));
  if (before != RunState::parked && before != RunState::held) return false;
  const ErrorColumns why({}, reason);
  WAGGLE_TRY_VOID(update_run_.run(*id, to_string(RunState::stopped), 0, now_ms, 0, why.next, why.code,
                                  why.message, why.after_ms, to_string(before)));
  count(before, -1);
  count(RunState::stopped, +1);
  WAGGLE_TRY_VOID(lanes_.left(*id, RunState::stopped, now_ms));
  return true;
}

Result<std::int64_t> Tables::mend_connection(const std::string& connection) {
  WAGGLE_TRY(const std::int64_t number, names_.number(connection));
  WAGGLE_TRY_VOID(forget_broken_.run(connection));
  if (number == 0) return std::int64_t{0};
  WAGGLE_TRY_VOID(mend_effects_.run(number));
  WAGGLE_TRY_VOID(mend_runs_.run(number));
  const std::int64_t mended = connection_.changes();
  count(RunState::parked, -mended);
  count(RunState::queued, +mended);
  return mended;
}

Result<void> Tables::break_connection(const std::string& connection, const std::string& reason,
                                      std::int64_t now_ms) {
  return break_connection_.run(connection, reason, now_ms);
}

Result<void> Tables::set_schedule_cursor(const std::string& schedule, std::int64_t cursor_ms) {
  return set_cursor_.run(schedule, cursor_ms);
}

Result<void> Tables::save_flow_version(const std::string& version, const std::string& flow,
                                       const std::string& bundle, std::int64_t now_ms) {
  return save_version_.run(version, flow, bundle, now_ms);
}

Result<void> Tables::before_commit() {
  for (std::size_t state = 0; state < counts_.size(); ++state) {
    if (counts_[state] == 0) continue;
    WAGGLE_TRY_VOID(add_count_.run(to_string(static_cast<RunState>(state)), counts_[state]));
  }
  counts_.fill(0);
  kept_counts_.fill(0);
  return {};
}

void Tables::rolled_back() {
  names_.forget();
  counts_.fill(0);
  kept_counts_.fill(0);
  lanes_.forget_news();
}

void Tables::undo_write() {
  names_.forget();
  counts_ = kept_counts_;
  lanes_.undo_news();
}

}  // namespace waggle::store::sqlite
