#include "core/store/sqlite/sqlite_reader.hpp"

#include <algorithm>

namespace waggle::store::sqlite {
namespace {

/// Rows of one list at most: they are held in memory.
constexpr int max_rows = 10'000;

const std::string run_columns =
    "id, event, flow, version, state, due_ms, created_ms, ended_ms, seed, parked_for, subject, error_next, "
    "error_code, error_message, error_after_ms";
const std::string event_columns =
    "id, source, connector, trigger, connection, received_ms, dedupe_key, delivery_id, "
    "(SELECT repeats FROM event_repeats WHERE event = events.id), meta";
/// The condition of index runs_open, word by word: else SQLite does not see that the index will do.
const std::string open_states = "state NOT IN ('succeeded', 'filtered')";
const std::string from_open_runs = "FROM runs INDEXED BY runs_open WHERE " + open_states + " AND ";

std::optional<Error> read_error(const Query& row, int column) {
  const Next next = next_from(row.view(column));
  if (next == Next::unset) return std::nullopt;
  Error error{next, row.text(column + 2), row.text(column + 1), {}};
  if (const std::int64_t after_ms = row.number(column + 3); after_ms != 0)
    error.after = std::chrono::milliseconds(after_ms);
  return error;
}

/// A snapshot over several statements. Ends with the object.
class Snapshot {
 public:
  static Result<Snapshot> begin(Connection& connection) {
    WAGGLE_TRY_VOID(connection.execute("BEGIN"));
    return Snapshot(connection);
  }
  Snapshot(Snapshot&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  ~Snapshot() {
    if (connection_) (void)connection_->execute("COMMIT");  // nothing was written, nothing can be lost
  }

 private:
  explicit Snapshot(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

int capped(int limit) { return std::clamp(limit, 0, max_rows); }

bool is_open(RunState state) { return state != RunState::succeeded && state != RunState::filtered; }

/// The query of a list of runs: what stands in it are constants; values are bound in the same order (see
/// runs()).
std::string list_sql(const RunFilter& filter, bool before) {
  const bool open =
      !filter.states.empty() && std::all_of(filter.states.begin(), filter.states.end(), is_open);
  std::string sql = "SELECT " + run_columns + " FROM runs";
  // Which index leads is decided here and not by guesses of the planner, which has no statistics.
  if (!filter.event_id.empty())
    sql += " INDEXED BY runs_event";
  else if (open)
    sql += " INDEXED BY runs_open";
  else if (!filter.flow.empty())
    sql += " INDEXED BY runs_flow";
  sql += " WHERE 1";
  if (open) sql += " AND " + open_states;
  if (!filter.event_id.empty()) sql += " AND event = ?";
  if (!filter.flow.empty()) sql += " AND flow = (SELECT id FROM names WHERE name = ?)";
  for (std::size_t i = 0; i < filter.states.size(); ++i) sql += i == 0 ? " AND state IN (?" : ", ?";
  if (!filter.states.empty()) sql += ")";
  if (before) sql += " AND id < ?";
  return sql + " ORDER BY id DESC LIMIT ?";
}

}  // namespace

SqliteReader::SqliteReader(Connection connection)
    : connection_(std::move(connection)),
      name_(connection_, "SELECT name FROM names WHERE id = ?1"),
      event_(connection_, "SELECT " + event_columns + ", payload, body FROM events WHERE id = ?1"),
      run_(connection_,
           "SELECT " + run_columns +
               ", t.reply, t.trace FROM runs LEFT JOIN run_traces t ON t.run = runs.id WHERE id = ?1"),
      effects_(connection_,
               "SELECT key, state, attempts, due_ms, ended_ms, connector, action, connection, name, "
               "error_next, error_code, "
               "error_message, error_after_ms, input, output, plan_start FROM effects WHERE run = ?1 ORDER "
               "BY key"),
      attempts_(connection_,
                "SELECT key, number, started_ms, took_ms, error_next, error_code, error_message, "
                "error_after_ms, exchanges FROM attempts WHERE run = ?1 AND NOT EXISTS "
                "(SELECT 1 FROM effects e WHERE e.run = ?1 AND e.key = attempts.key AND e.attempts = number "
                "AND e.done_started_ms IS NOT NULL) "  // a note that it begins, when there was one
                "UNION ALL SELECT key, attempts, done_started_ms, done_took_ms, NULL, NULL, NULL, NULL, "
                "done_exchanges FROM effects WHERE run = ?1 AND done_started_ms IS NOT NULL "
                "ORDER BY key, number"),
      queued_(connection_, "SELECT id " + from_open_runs +
                               "state = 'queued' AND due_ms = 0 AND id > ?1 ORDER BY id LIMIT ?2"),
      woken_(connection_, "SELECT due_ms, id " + from_open_runs +
                              "state = 'waiting' AND due_ms <= ?1 AND (due_ms, id) > (?2, ?3) "
                              "ORDER BY due_ms, id LIMIT ?4"),
      next_due_(connection_, "SELECT due_ms " + from_open_runs +
                                 "state = 'waiting' AND due_ms > ?1 ORDER BY due_ms LIMIT 1"),
      held_reason_(connection_) {}

Result<std::string> SqliteReader::name(std::int64_t number) {
  if (number == 0) return std::string();
  if (auto known = names_.find(number); known != names_.end()) return known->second;
  ResetAtEnd reset(name_);
  WAGGLE_TRY_VOID(name_.start(number));
  WAGGLE_TRY(const bool found, name_.next());
  if (!found) return connection_.error(SQLITE_CORRUPT, "reading name " + std::to_string(number));
  return names_.emplace(number, name_.text(0)).first->second;
}

Result<Run> SqliteReader::read_run(const Query& row) {
  Run run;
  run.id = row.id(0);
  run.event_id = row.id(1);
  WAGGLE_TRY(run.flow, name(row.number(2)));
  WAGGLE_TRY(run.version, name(row.number(3)));
  run.state = run_state_from(row.view(4));
  run.due_ms = row.number(5);
  run.created_ms = row.number(6);
  run.ended_ms = row.number(7);
  run.seed = static_cast<std::uint64_t>(row.number(8));
  WAGGLE_TRY(run.parked_for, name(row.number(9)));
  run.subject = row.text(10);
  run.error = read_error(row, 11);
  if (!run.error) run.reason = row.text(13);
  if (run.state == RunState::held) {
    WAGGLE_TRY(run.reason, held_reason_.of(run.id, run.due_ms));
  }
  return run;
}

Result<Event> SqliteReader::read_event(const Query& row, bool with_body) {
  Event event;
  event.id = row.id(0);
  WAGGLE_TRY(event.source, name(row.number(1)));
  WAGGLE_TRY(event.connector, name(row.number(2)));
  WAGGLE_TRY(event.trigger, name(row.number(3)));
  WAGGLE_TRY(event.connection, name(row.number(4)));
  event.received_ms = row.number(5);
  event.dedupe_key = row.text(6);
  event.delivery_id = row.text(7);
  event.repeats = row.number(8);
  event.meta = row.text(9);
  if (with_body) {
    event.payload = row.text(10);
    event.body = row.text(11);
  }
  return event;
}

Result<std::vector<Run>> SqliteReader::runs(const RunFilter& filter) {
  std::vector<Run> list;
  const auto before = id_bytes(filter.before_id);
  const auto event = id_bytes(filter.event_id);
  if (!filter.event_id.empty() && !event) return list;
  const std::string sql = list_sql(filter, before.has_value());
  Query query(connection_, sql);
  WAGGLE_TRY_VOID(query.start());
  int place = 0;
  if (event) query.bind(++place, *event);
  if (!filter.flow.empty()) query.bind(++place, filter.flow);
  for (RunState state : filter.states) query.bind(++place, to_string(state));
  if (before) query.bind(++place, *before);
  query.bind(++place, capped(filter.limit));
  while (true) {
    WAGGLE_TRY(const bool more, query.next());
    if (!more) return list;
    WAGGLE_TRY(Run run, read_run(query));
    list.push_back(std::move(run));
  }
}

Result<std::vector<Event>> SqliteReader::events(const EventFilter& filter) {
  std::vector<Event> list;
  const auto before = id_bytes(filter.before_id);
  std::string sql = "SELECT " + event_columns + " FROM events INDEXED BY ";
  sql += filter.source.empty() ? "events_id WHERE 1"
                               : "events_source WHERE source = (SELECT id FROM names WHERE name = ?)";
  if (before) sql += " AND id < ?";
  sql += " ORDER BY id DESC LIMIT ?";
  Query query(connection_, sql);
  WAGGLE_TRY_VOID(query.start());
  int place = 0;
  if (!filter.source.empty()) query.bind(++place, filter.source);
  if (before) query.bind(++place, *before);
  query.bind(++place, capped(filter.limit));
  while (true) {
    WAGGLE_TRY(const bool more, query.next());
    if (!more) return list;
    WAGGLE_TRY(Event event, read_event(query, false));
    list.push_back(std::move(event));
  }
}

Result<std::optional<Event>> SqliteReader::find_event(const IdBytes& id) {
  ResetAtEnd reset(event_);
  WAGGLE_TRY_VOID(event_.start(id));
  WAGGLE_TRY(const bool found, event_.next());
  if (!found) return std::optional<Event>();
  WAGGLE_TRY(Event event, read_event(event_, true));
  return std::optional<Event>(std::move(event));
}

Result<std::optional<Event>> SqliteReader::event(std::string_view id) {
  const auto bytes = id_bytes(id);
  if (!bytes) return std::optional<Event>();
  return find_event(*bytes);
}

Result<std::vector<Effect>> SqliteReader::effects_of(const IdBytes& run_id, const std::string& run) {
  std::vector<Effect> list;
  ResetAtEnd reset(effects_);
  WAGGLE_TRY_VOID(effects_.start(run_id));
  while (true) {
    WAGGLE_TRY(const bool more, effects_.next());
    if (!more) return list;
    Effect effect;
    effect.run_id = run;
    effect.key = effects_.text(0);
    effect.state = effect_state_from(effects_.view(1));
    effect.attempts = static_cast<int>(effects_.number(2));
    effect.due_ms = effects_.number(3);
    effect.ended_ms = effects_.number(4);
    WAGGLE_TRY(effect.connector, name(effects_.number(5)));
    WAGGLE_TRY(effect.action, name(effects_.number(6)));
    WAGGLE_TRY(effect.connection, name(effects_.number(7)));
    effect.name = effects_.text(8);
    effect.error = read_error(effects_, 9);
    effect.input = effects_.text(13);
    effect.output = effects_.text(14);
    effect.plan_start = static_cast<int>(effects_.number(15));
    list.push_back(std::move(effect));
  }
}

Result<std::vector<Attempt>> SqliteReader::attempts_of(const IdBytes& run_id, const std::string& run) {
  std::vector<Attempt> list;
  ResetAtEnd reset(attempts_);
  WAGGLE_TRY_VOID(attempts_.start(run_id));
  while (true) {
    WAGGLE_TRY(const bool more, attempts_.next());
    if (!more) return list;
    list.push_back({run, attempts_.text(0), static_cast<int>(attempts_.number(1)), attempts_.number(2),
                    attempts_.number(3), read_error(attempts_, 4), attempts_.text(8)});
  }
}

Result<std::optional<RunDetail>> SqliteReader::find_run(const IdBytes& id) {
  RunDetail detail;
  {
    ResetAtEnd reset(run_);
    WAGGLE_TRY_VOID(run_.start(id));
    WAGGLE_TRY(const bool found, run_.next());
    if (!found) return std::optional<RunDetail>();
    WAGGLE_TRY(detail.run, read_run(run_));
    detail.run.reply = run_.text(15);
    detail.run.trace = run_.text(16);
  }
  const auto event_id = id_bytes(detail.run.event_id);
  if (!event_id) return connection_.error(SQLITE_CORRUPT, "reading run " + detail.run.id);
  WAGGLE_TRY(std::optional<Event> event, find_event(*event_id));
  if (!event) return connection_.error(SQLITE_CORRUPT, "reading the event of run " + detail.run.id);
  detail.event = std::move(*event);
  WAGGLE_TRY(detail.effects, effects_of(id, detail.run.id));
  WAGGLE_TRY(detail.attempts, attempts_of(id, detail.run.id));
  return std::optional<RunDetail>(std::move(detail));
}

Result<std::optional<RunDetail>> SqliteReader::run(std::string_view id) {
  const auto bytes = id_bytes(id);
  if (!bytes) return std::optional<RunDetail>();
  WAGGLE_TRY(const Snapshot snapshot, Snapshot::begin(connection_));
  return find_run(*bytes);
}

Result<std::vector<std::string>> SqliteReader::queued_runs(std::string_view after_id, int limit) {
  const IdBytes after = id_bytes(after_id).value_or(IdBytes{});  // read until the last row
  WAGGLE_TRY_VOID(queued_.start(after, capped(limit)));
  std::vector<std::string> ids;
  while (true) {
    WAGGLE_TRY(const bool more, queued_.next());
    if (!more) return ids;
    ids.push_back(queued_.id(0));
  }
}

Result<std::vector<Reader::Waiting>> SqliteReader::woken_runs(std::int64_t now_ms, const Waiting& after,
                                                              int limit) {
  const IdBytes after_id = id_bytes(after.id).value_or(IdBytes{});
  WAGGLE_TRY_VOID(woken_.start(now_ms, after.due_ms, after_id, capped(limit)));
  std::vector<Waiting> list;
  while (true) {
    WAGGLE_TRY(const bool more, woken_.next());
    if (!more) return list;
    list.push_back({woken_.number(0), woken_.id(1)});
  }
}

Result<std::optional<std::int64_t>> SqliteReader::next_due_ms(std::int64_t now_ms) {
  ResetAtEnd reset(next_due_);
  WAGGLE_TRY_VOID(next_due_.start(now_ms));
  WAGGLE_TRY(const bool found, next_due_.next());
  if (!found) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(next_due_.number(0));
}

Result<std::optional<std::string>> SqliteReader::flow_bundle(std::string_view version) {
  Query query(connection_, "SELECT bundle FROM flow_versions WHERE version = ?1");
  WAGGLE_TRY_VOID(query.start(version));
  WAGGLE_TRY(const bool found, query.next());
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(query.text(0));
}

Result<std::optional<std::int64_t>> SqliteReader::schedule_cursor(std::string_view name) {
  Query query(connection_, "SELECT cursor_ms FROM schedules WHERE name = ?1");
  WAGGLE_TRY_VOID(query.start(name));
  WAGGLE_TRY(const bool found, query.next());
  if (!found) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(query.number(0));
}

Result<std::vector<Reader::ConnectionState>> SqliteReader::broken_connections() {
  Query query(connection_, "SELECT name, reason, since_ms FROM broken_connections ORDER BY name");
  WAGGLE_TRY_VOID(query.start());
  std::vector<ConnectionState> list;
  while (true) {
    WAGGLE_TRY(const bool more, query.next());
    if (!more) return list;
    list.push_back({query.text(0), query.text(1), query.number(2)});
  }
}

Result<std::vector<std::pair<RunState, std::int64_t>>> SqliteReader::run_counts() {
  Query query(connection_, "SELECT state, runs FROM run_counts WHERE runs != 0");
  WAGGLE_TRY_VOID(query.start());
  std::vector<std::pair<RunState, std::int64_t>> list;
  while (true) {
    WAGGLE_TRY(const bool more, query.next());
    if (!more) break;
    list.emplace_back(run_state_from(query.view(0)), query.number(1));
  }
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace waggle::store::sqlite
