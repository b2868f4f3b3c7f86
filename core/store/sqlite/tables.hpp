// What each write does to the tables; its SQL lives here and nowhere else (but for deleting: sweep.hpp). Used
// by the writer thread inside its transaction, and told when that transaction is committed or rolled back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/store/records.hpp"
#include "core/store/sqlite/lanes.hpp"
#include "core/store/sqlite/query.hpp"

namespace waggle::store::sqlite {

/// The number of a name in table `names`, remembered. Forgets what a rolled-back transaction added.
class Names {
 public:
  explicit Names(Connection& connection);
  /// 0 for the empty name.
  Result<std::int64_t> number(const std::string& name);
  void forget() { numbers_.clear(); }

 private:
  Connection& connection_;
  Query find_, add_;
  std::unordered_map<std::string, std::int64_t> numbers_;
};

class Tables {
 public:
  explicit Tables(Connection& connection);

  Result<Arrived> arrive(const Arrival& arrival);
  Result<void> set_schedule_cursor(const std::string& schedule, std::int64_t cursor_ms);
  Result<void> update_run(const RunUpdate& update);
  Result<bool> requeue(const std::string& run_id);
  Result<std::int64_t> mend_connection(const std::string& connection);
  Result<bool> discard(const std::string& run_id, const std::string& reason, std::int64_t now_ms);
  Lanes& lanes() { return lanes_; }
  Result<void> break_connection(const std::string& connection, const std::string& reason,
                                std::int64_t now_ms);
  Result<void> save_flow_version(const std::string& version, const std::string& flow,
                                 const std::string& bundle, std::int64_t now_ms);

  /// Last thing before COMMIT: writes the counters.
  Result<void> before_commit();
  /// The transaction is gone: forgets what was remembered of it.
  void rolled_back();
  /// The same for one write behind a savepoint: it stays, or it is undone alone.
  void keep_write() {
    kept_counts_ = counts_;
    lanes_.keep_news();
  }
  void undo_write();

 private:
  /// Takes (scope, key) for `first`, or says who has it.
  struct Taken {
    bool is_new = true;
    std::string first;
  };
  Result<Taken> take_key(const std::string& scope, const std::string& key, const IdBytes& first,
                         std::int64_t now_ms, std::int64_t keep_ms);
  Result<void> insert_event(const Event& event, const IdBytes& id);
  /// A new run of a flow with a lane; false: it must wait its turn.
  Result<bool> insert_in_lane(const Arrival::QueuedRun& queued, const IdBytes& id, const IdBytes& event_id,
                              std::int64_t now_ms);
  Result<void> insert_run(const Run& run, const IdBytes& id, const IdBytes& event_id);
  Result<void> write_trace(const Run& run, const IdBytes& id);
  Result<void> write_effects(const RunUpdate& update, const IdBytes& run_id);
  Result<void> write_effect(const Effect& effect, const Attempt& did_it, const IdBytes& run_id);
  Result<void> write_attempt(const Attempt& attempt, const IdBytes& run_id);
  Result<RunState> state_of(const IdBytes& run_id);
  Result<RunState> write_state(const Run& run, const IdBytes& id);
  void count(RunState state, std::int64_t change) { counts_[static_cast<std::size_t>(state)] += change; }

  Connection& connection_;
  Names names_;
  Query take_key_, key_owner_, count_repeat_, insert_event_;
  Query insert_run_, run_state_, update_run_, write_trace_, write_effect_, write_attempt_;
  Query requeue_run_, requeue_effects_, mend_effects_, mend_runs_;
  Query set_cursor_, break_connection_, forget_broken_, save_version_, add_count_;
  using Counts = std::array<std::int64_t, static_cast<std::size_t>(RunState::failed) + 1>;
  Counts counts_{}, kept_counts_{};  ///< changes by state in this transaction
  Lanes lanes_;
};

}  // namespace waggle::store::sqlite
