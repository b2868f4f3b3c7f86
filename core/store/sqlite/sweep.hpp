// Deleting what is old, and giving the space back to the file system: a chore of the writer, with its own
// SQL. In this order: events with their runs, expired dedupe keys, unused flow versions, free pages. An event
// goes with all its runs or not at all, so that what can be shown is whole. Writer thread.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/store/sqlite/chore.hpp"
#include "core/store/sqlite/query.hpp"
#include "core/store/store.hpp"

namespace waggle::store::sqlite {

/// What sweeps remember between each other. Used on the writer's thread alone.
struct SweepMemory {
  using Clock = Chore::Clock;
  /// A start has better things to do than to read all keys and runs.
  static constexpr std::chrono::minutes first_pause{10};
  std::int64_t after_event = 0;                 ///< up to this number nothing was to be deleted
  Clock::time_point events_again, sized_again;  ///< when to begin from the first event again
  Clock::time_point keys_again = Clock::now() + first_pause,
                    versions_again = keys_again;  ///< when to look for expired keys and unused versions again
  std::unordered_set<std::string> versions_in_force;  ///< saved since the start: new runs may name them
};

class Sweep final : public Chore {
 public:
  Sweep(Connection& connection, SweepMemory& memory, Keep keep, Done<Swept> done);

  Result<bool> slice(Clock::time_point until) override;
  void finish(const Error* failure) override;
  bool urgent() const override { return for_size_; }

 private:
  enum class Phase { events, keys, versions, pages, done };
  struct OldRun {
    std::string state;
    IdBytes id;
  };
  void begin();
  Result<bool> work(Clock::time_point until);
  Result<bool> delete_events(Clock::time_point until);
  Result<bool> delete_event(const IdBytes& id, std::int64_t number);
  Result<bool> all_may_go(const IdBytes& event);
  Result<void> delete_run(const OldRun& run);
  Result<bool> delete_keys(Clock::time_point until);
  Result<bool> find_used_versions(Clock::time_point until);
  Result<void> delete_versions();
  Result<bool> free_pages(Clock::time_point until);
  Result<void> measure();
  Result<void> save_counts();

  Connection& connection_;
  SweepMemory& memory_;
  const Keep keep_;
  Done<Swept> done_;
  Phase phase_ = Phase::events;
  bool begun_ = false, for_size_ = false;
  std::uint64_t page_bytes_ = 0, pages_ = 0, free_pages_ = 0;
  Swept swept_;
  std::int64_t after_event_ = 0;
  std::vector<OldRun> runs_;                    ///< of the event in hand
  std::map<std::string, std::int64_t> counts_;  ///< deleted runs by state, in this transaction
  std::int64_t key_scope_ = 0;
  std::string key_;
  IdBytes after_run_{};
  std::unordered_set<std::int64_t> used_versions_;

  Query next_event_, runs_of_, attempts_, effects_, traces_, run_, repeats_, event_, count_;
  Query keys_, delete_key_, versions_, stored_versions_, version_number_, delete_version_;
};

}  // namespace waggle::store::sqlite
