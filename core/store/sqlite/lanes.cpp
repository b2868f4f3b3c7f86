#include "core/store/sqlite/lanes.hpp"

#include <algorithm>
#include <limits>

namespace waggle::store::sqlite {
namespace {

/// `idle_from_ms` of a lane that somebody stands in.
constexpr std::int64_t occupied = std::numeric_limits<std::int64_t>::max();
/// Idle lanes looked at with each arrival: more than come into being, so their number stays bounded.
constexpr int pruned_at_once = 2;
/// A lane kept only for failed runs, which might be retried, is looked at again after this.
constexpr std::int64_t look_again_ms = 24ll * 60 * 60 * 1000;
/// Held runs looked at in one transaction; with more, the next one follows at once.
constexpr int due_at_once = 256;

std::string text_of(const IdBytes& id) { return id_text(id); }

}  // namespace

// Longer than other functions because it is no story but a list: every statement about lanes.
Lanes::Lanes(Connection& connection, Count count)
    : count_(std::move(count)),
      make_lane_(connection,
                 "INSERT INTO lanes (flow, key, rule, limit_runs, limit_ms, debounce_ms, idle_from_ms) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (flow, key) DO UPDATE SET "
                 "rule = excluded.rule, limit_runs = excluded.limit_runs, limit_ms = excluded.limit_ms, "
                 "debounce_ms = excluded.debounce_ms, idle_from_ms = excluded.idle_from_ms RETURNING id"),
      rule_(connection, "SELECT rule, limit_runs, limit_ms, debounce_ms FROM lanes WHERE id = ?1"),
      lane_of_(connection, "SELECT lane FROM lane_runs WHERE run = ?1"),
      add_run_(connection, "INSERT INTO lane_runs (lane, run, stage, ready_ms) VALUES (?1, ?2, 'held', ?3)"),
      set_stage_(connection, "UPDATE lane_runs SET stage = ?2, ready_ms = 0 WHERE run = ?1"),
      remove_run_(connection, "DELETE FROM lane_runs WHERE run = ?1"),
      first_held_(connection,
                  "SELECT run, ready_ms FROM lane_runs WHERE lane = ?1 AND stage = 'held' ORDER BY place "
                  "LIMIT 1"),
      newest_held_(
          connection,
          "SELECT run FROM lane_runs WHERE lane = ?1 AND stage = 'held' ORDER BY place DESC LIMIT 1"),
      held_before_newest_(connection,
                          "SELECT run FROM lane_runs WHERE lane = ?1 AND stage = 'held' AND place < (SELECT "
                          "max(place) FROM lane_runs WHERE lane = ?1 AND stage = 'held')"),
      parked_(
          connection,
          "SELECT run FROM lane_runs WHERE lane = ?1 AND stage = 'begun' AND (SELECT state FROM runs WHERE "
          "id = run) = 'parked'"),
      busy_(connection, "SELECT 1 FROM lane_runs WHERE lane = ?1 AND stage = 'begun' LIMIT 1"),
      anybody_(connection, "SELECT 1 FROM lane_runs WHERE lane = ?1 LIMIT 1"),
      run_state_(connection, "SELECT state FROM runs WHERE id = ?1"),
      set_state_(connection, "UPDATE runs SET state = ?2, due_ms = ?3, ended_ms = 0 WHERE id = ?1"),
      supersede_(
          connection,
          "UPDATE runs SET state = 'stopped', due_ms = 0, ended_ms = ?2, parked_for = NULL, error_next = "
          "NULL, error_code = NULL, error_message = ?3, error_after_ms = NULL WHERE id = ?1"),
      forget_old_starts_(connection, "DELETE FROM lane_starts WHERE lane = ?1 AND at_ms <= ?2"),
      forget_later_starts_(connection, "DELETE FROM lane_starts WHERE lane = ?1 AND at_ms > ?2"),
      nth_start_(connection,
                 "SELECT at_ms FROM lane_starts WHERE lane = ?1 ORDER BY at_ms DESC LIMIT 1 OFFSET ?2"),
      add_start_(connection, "INSERT OR REPLACE INTO lane_starts (lane, at_ms, run) VALUES (?1, ?2, ?3)"),
      due_(
          connection,
          "SELECT id FROM runs INDEXED BY runs_open WHERE state NOT IN ('succeeded', 'filtered') AND state = "
          "'held' AND due_ms > 0 AND due_ms <= ?1 ORDER BY due_ms LIMIT ?2"),
      next_due_(
          connection,
          "SELECT due_ms FROM runs INDEXED BY runs_open WHERE state NOT IN ('succeeded', 'filtered') AND "
          "state = 'held' AND due_ms > 0 ORDER BY due_ms LIMIT 1"),
      set_idle_(connection, "UPDATE lanes SET idle_from_ms = ?2 WHERE id = ?1"),
      idle_(connection, "SELECT id FROM lanes WHERE idle_from_ms <= ?1 ORDER BY idle_from_ms LIMIT ?2"),
      remove_lane_(connection, "DELETE FROM lanes WHERE id = ?1"),
      remove_starts_(connection, "DELETE FROM lane_starts WHERE lane = ?1") {}

Result<bool> Lanes::enter(const Lane& lane, std::int64_t flow, const IdBytes& run, std::int64_t now_ms) {
  WAGGLE_TRY_VOID(prune(now_ms));
  WAGGLE_TRY(const std::int64_t number, lane_number(lane, flow));
  WAGGLE_TRY_VOID(add_run_.run(number, run, lane.debounce_ms > 0 ? now_ms + lane.debounce_ms : 0));
  if (lane.debounce_ms > 0) {
    WAGGLE_TRY(const auto older, older_ones(held_before_newest_, number));
    WAGGLE_TRY_VOID(supersede(older, text_of(run), "another event came before it was quiet", now_ms));
  }
  WAGGLE_TRY_VOID(settle(number, now_ms));
  // The one who brings it begins it himself.
  const auto mine = std::find(news_.released.begin(), news_.released.end(), text_of(run));
  if (mine == news_.released.end()) return false;
  news_.released.erase(mine);
  return true;
}

Result<void> Lanes::left(const IdBytes& run, RunState state, std::int64_t now_ms) {
  WAGGLE_TRY(const std::int64_t lane, lane_of(run));
  if (lane == 0) return {};
  if (state == RunState::failed) {
    WAGGLE_TRY_VOID(set_stage_.run(run, "failed"));
  } else if (is_final(state)) {
    WAGGLE_TRY_VOID(remove_run_.run(run));
  }
  WAGGLE_TRY_VOID(settle(lane, now_ms));
  return forget_if_idle(lane, now_ms);
}

Result<bool> Lanes::come_back(const IdBytes& run, RunState before, std::int64_t now_ms) {
  if (before != RunState::failed) return true;  // a parked one never left
  WAGGLE_TRY(const std::int64_t lane, lane_of(run));
  if (lane == 0) return true;
  WAGGLE_TRY_VOID(set_stage_.run(run, "held"));
  WAGGLE_TRY_VOID(set_state_.run(run, to_string(RunState::held), 0));
  count_(RunState::queued, -1);
  count_(RunState::held, +1);
  WAGGLE_TRY_VOID(set_idle_.run(lane, occupied));
  WAGGLE_TRY_VOID(settle(lane, now_ms));
  return std::find(news_.released.begin(), news_.released.end(), text_of(run)) != news_.released.end();
}

Result<void> Lanes::release_due(std::int64_t now_ms) {
  std::vector<IdBytes> due;
  WAGGLE_TRY_VOID(due_.start(now_ms, due_at_once));
  while (true) {
    WAGGLE_TRY(const bool more, due_.next());
    if (!more) break;
    due.push_back(id_bytes(due_.id(0)).value());
  }
  for (const IdBytes& run : due) {
    WAGGLE_TRY(const std::int64_t lane, lane_of(run));
    ResetAtEnd reset(run_state_);  // one of its lane may have been let go or superseded a moment ago
    WAGGLE_TRY_VOID(run_state_.start(run));
    WAGGLE_TRY(const bool there, run_state_.next());
    if (!there || run_state_from(run_state_.view(0)) != RunState::held) continue;
    run_state_.reset();
    WAGGLE_TRY_VOID(hold_until(run, 0));
    if (lane != 0) WAGGLE_TRY_VOID(settle(lane, now_ms));
  }
  ResetAtEnd reset(next_due_);
  WAGGLE_TRY_VOID(next_due_.start());
  WAGGLE_TRY(const bool found, next_due_.next());
  if (found) news_.next_due_ms = next_due_.number(0);
  return {};
}

Result<std::int64_t> Lanes::lane_number(const Lane& lane, std::int64_t flow) {
  const std::string key = "=" + lane.key;
  ResetAtEnd reset(make_lane_);
  WAGGLE_TRY_VOID(make_lane_.start(flow, key, lane.rule, lane.limit_ms > 0 ? lane.limit_runs : 0,
                                   lane.limit_ms, lane.debounce_ms, occupied));
  WAGGLE_TRY(const bool made, make_lane_.next());
  if (!made) return bug("a lane was neither made nor found");
  const std::int64_t number = make_lane_.number(0);
  WAGGLE_TRY_VOID(make_lane_.next());  // to its end: only then is it done
  return number;
}

Result<Lanes::Rule> Lanes::rule_of(std::int64_t lane) {
  ResetAtEnd reset(rule_);
  WAGGLE_TRY_VOID(rule_.start(lane));
  WAGGLE_TRY(const bool found, rule_.next());
  if (!found) return bug("lane " + std::to_string(lane) + " is gone while a run stands in it");
  return Rule{rule_.text(0), rule_.number(1), rule_.number(2), rule_.number(3)};
}

/// 0: it stands in none.
Result<std::int64_t> Lanes::lane_of(const IdBytes& run) {
  ResetAtEnd reset(lane_of_);
  WAGGLE_TRY_VOID(lane_of_.start(run));
  WAGGLE_TRY(const bool found, lane_of_.next());
  return found ? lane_of_.number(0) : 0;
}

/// Lets go whoever may begin now. The first of those that stay is told when to be looked at again.
Result<void> Lanes::settle(std::int64_t lane, std::int64_t now_ms) {
  WAGGLE_TRY(const Rule rule, rule_of(lane));
  if (rule.order == "latest_only") {
    ResetAtEnd reset(newest_held_);
    WAGGLE_TRY_VOID(newest_held_.start(lane));
    WAGGLE_TRY(const bool found, newest_held_.next());
    if (!found) return {};
    const std::string newest = newest_held_.id(0);
    newest_held_.reset();
    // A parked one waits for a person, and what it would do is out of date: it gives way too.
    for (Query* query : {&held_before_newest_, &parked_}) {
      WAGGLE_TRY(const auto older, older_ones(*query, lane));
      WAGGLE_TRY_VOID(supersede(older, newest, "only the latest runs", now_ms));
    }
  }
  while (true) {
    if (rule.order != "parallel") {
      WAGGLE_TRY(const bool busy, is_busy(lane));
      if (busy) return {};
    }
    WAGGLE_TRY(const bool released, release_first(lane, rule, now_ms));
    if (!released) return {};
  }
}

Result<bool> Lanes::is_busy(std::int64_t lane) {
  ResetAtEnd reset(busy_);
  WAGGLE_TRY_VOID(busy_.start(lane));
  return busy_.next();
}

Result<bool> Lanes::release_first(std::int64_t lane, const Rule& rule, std::int64_t now_ms) {
  IdBytes run{};
  std::int64_t begins_ms = 0;
  {
    ResetAtEnd reset(first_held_);
    WAGGLE_TRY_VOID(first_held_.start(lane));
    WAGGLE_TRY(const bool found, first_held_.next());
    if (!found) return false;
    run = id_bytes(first_held_.id(0)).value();
    begins_ms = first_held_.number(1);
  }
  // Set back by more than its quiet period, the clock would make it wait for longer than was asked.
  if (begins_ms - now_ms > rule.debounce_ms) begins_ms = 0;
  if (begins_ms <= now_ms && rule.limit_runs > 0) {
    WAGGLE_TRY(begins_ms, next_start(lane, rule, now_ms));
  }
  if (begins_ms > now_ms) {
    WAGGLE_TRY_VOID(hold_until(run, begins_ms));
    return false;
  }
  if (rule.limit_runs > 0) WAGGLE_TRY_VOID(add_start_.run(lane, now_ms, run));
  WAGGLE_TRY_VOID(set_stage_.run(run, "begun"));
  WAGGLE_TRY_VOID(set_state_.run(run, to_string(RunState::queued), 0));
  count_(RunState::held, -1);
  count_(RunState::queued, +1);
  news_.released.push_back(text_of(run));
  return true;
}

/// When the next run may begin so that no span holds more than the limit. Starts "in the future" are of a
/// clock that was set back since; they are forgotten rather than waited for.
Result<std::int64_t> Lanes::next_start(std::int64_t lane, const Rule& rule, std::int64_t now_ms) {
  WAGGLE_TRY_VOID(forget_old_starts_.run(lane, now_ms - rule.limit_ms));
  WAGGLE_TRY_VOID(forget_later_starts_.run(lane, now_ms));
  ResetAtEnd reset(nth_start_);
  WAGGLE_TRY_VOID(nth_start_.start(lane, rule.limit_runs - 1));
  WAGGLE_TRY(const bool full, nth_start_.next());
  return full ? nth_start_.number(0) + rule.limit_ms : 0;
}

Result<std::vector<IdBytes>> Lanes::older_ones(Query& query, std::int64_t lane) {
  std::vector<IdBytes> list;
  ResetAtEnd reset(query);
  WAGGLE_TRY_VOID(query.start(lane));
  while (true) {
    WAGGLE_TRY(const bool more, query.next());
    if (!more) return list;
    list.push_back(id_bytes(query.id(0)).value());
  }
}

Result<void> Lanes::supersede(const std::vector<IdBytes>& runs, const std::string& by, const std::string& why,
                              std::int64_t now_ms) {
  for (const IdBytes& run : runs) {
    RunState before = RunState::held;
    {
      ResetAtEnd reset(run_state_);
      WAGGLE_TRY_VOID(run_state_.start(run));
      WAGGLE_TRY(const bool found, run_state_.next());
      if (found) before = run_state_from(run_state_.view(0));
    }
    WAGGLE_TRY_VOID(supersede_.run(run, now_ms, "superseded by run " + by + ": " + why));
    WAGGLE_TRY_VOID(remove_run_.run(run));
    count_(before, -1);
    count_(RunState::stopped, +1);
    news_.superseded.push_back(text_of(run));
  }
  return {};
}

Result<void> Lanes::hold_until(const IdBytes& run, std::int64_t due_ms) {
  if (due_ms > 0 && (news_.next_due_ms == 0 || due_ms < news_.next_due_ms)) news_.next_due_ms = due_ms;
  return set_state_.run(run, to_string(RunState::held), due_ms);
}

Result<void> Lanes::forget_if_idle(std::int64_t lane, std::int64_t now_ms) {
  bool somebody = false;
  {
    ResetAtEnd reset(anybody_);
    WAGGLE_TRY_VOID(anybody_.start(lane));
    WAGGLE_TRY(somebody, anybody_.next());
  }
  WAGGLE_TRY(const Rule rule, rule_of(lane));
  WAGGLE_TRY(const bool busy, is_busy(lane));
  if (somebody || busy || rule.limit_runs > 0)
    return set_idle_.run(lane, busy ? occupied : now_ms + std::max(rule.limit_ms, std::int64_t{1}));
  return remove_lane_.run(lane);
}

Result<void> Lanes::prune(std::int64_t now_ms) {
  std::vector<std::int64_t> idle;
  WAGGLE_TRY_VOID(idle_.start(now_ms, pruned_at_once));
  while (true) {
    WAGGLE_TRY(const bool more, idle_.next());
    if (!more) break;
    idle.push_back(idle_.number(0));
  }
  for (const std::int64_t lane : idle) {
    ResetAtEnd reset(anybody_);
    WAGGLE_TRY_VOID(anybody_.start(lane));
    WAGGLE_TRY(const bool somebody, anybody_.next());
    anybody_.reset();
    if (somebody) {
      WAGGLE_TRY_VOID(set_idle_.run(lane, now_ms + look_again_ms));
      continue;
    }
    WAGGLE_TRY_VOID(remove_starts_.run(lane));
    WAGGLE_TRY_VOID(remove_lane_.run(lane));
  }
  return {};
}

LaneNews Lanes::take_news() {
  kept_ = {};
  return std::exchange(news_, {});
}

void Lanes::keep_news() { kept_ = news_; }
void Lanes::undo_news() { news_ = kept_; }
void Lanes::forget_news() {
  news_ = {};
  kept_ = {};
}

}  // namespace waggle::store::sqlite
