// Lanes: which of a flow's runs may begin, when the flow has `runs`, `limit` or `debounce`. Decides from
// rows, inside the writer's transaction, so that there is one order and a restart changes nothing. A run that
// may not begin is `held`; one that may is `queued`, and from there on like any other. Used by Tables.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/store/records.hpp"
#include "core/store/sqlite/query.hpp"

namespace waggle::store::sqlite {

class Lanes {
 public:
  using Count = std::function<void(RunState, std::int64_t)>;
  /// `count` hears of every change of a run's state that is made here.
  Lanes(Connection& connection, Count count);

  /// A run that was just stored as `held` takes its place. Result: whether it may begin at once; it is then
  /// `queued`.
  Result<bool> enter(const Lane& lane, std::int64_t flow, const IdBytes& run, std::int64_t now_ms);
  /// A run has reached a final state or is parked: whoever waited for it may begin.
  Result<void> left(const IdBytes& run, RunState state, std::int64_t now_ms);
  /// A run that is about to be queued again by hand. Result: false when it must wait its turn; it is then
  /// `held`.
  Result<bool> come_back(const IdBytes& run, RunState before, std::int64_t now_ms);
  /// Lets begin whose time has come, and says when to ask again.
  Result<void> release_due(std::int64_t now_ms);

  /// What was released and superseded since the last call, in what is committed by now.
  LaneNews take_news();
  void keep_news();    ///< the write behind a savepoint stays
  void undo_news();    ///< ... or is undone
  void forget_news();  ///< the transaction is gone

 private:
  struct Rule {
    std::string order;
    std::int64_t limit_runs = 0, limit_ms = 0, debounce_ms = 0;
  };
  Result<std::int64_t> lane_number(const Lane& lane, std::int64_t flow);
  Result<Rule> rule_of(std::int64_t lane);
  Result<std::int64_t> lane_of(const IdBytes& run);
  Result<void> settle(std::int64_t lane, std::int64_t now_ms);
  Result<bool> is_busy(std::int64_t lane);
  Result<bool> release_first(std::int64_t lane, const Rule& rule, std::int64_t now_ms);
  Result<std::int64_t> next_start(std::int64_t lane, const Rule& rule, std::int64_t now_ms);
  Result<void> supersede(const std::vector<IdBytes>& runs, const std::string& by, const std::string& why,
                         std::int64_t now_ms);
  Result<std::vector<IdBytes>> older_ones(Query& query, std::int64_t lane);
  Result<void> hold_until(const IdBytes& run, std::int64_t due_ms);
  Result<void> forget_if_idle(std::int64_t lane, std::int64_t now_ms);
  Result<void> prune(std::int64_t now_ms);

  Count count_;
  Query make_lane_, rule_, lane_of_, add_run_, set_stage_, remove_run_, first_held_, newest_held_;
  Query held_before_newest_, parked_, busy_, anybody_, run_state_, set_state_, supersede_;
  Query forget_old_starts_, forget_later_starts_, nth_start_, add_start_, due_, next_due_;
  Query set_idle_, idle_, remove_lane_, remove_starts_;
  LaneNews news_, kept_;
};

}  // namespace waggle::store::sqlite
