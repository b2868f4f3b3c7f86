// What the writer does between commits: moves the log into the database, minds the room on the disk, and
// works on chores. Used by the writer's thread, unless said otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/store/sqlite/checkpoint.hpp"
#include "core/store/sqlite/chore.hpp"
#include "core/store/sqlite/disk_reserve.hpp"
#include "core/store/store.hpp"

namespace waggle::store::sqlite {

class Upkeep {
 public:
  using Clock = std::chrono::steady_clock;
  Upkeep(Connection& connection, const StoreOptions& options);

  /// After each commit, and when `next` has come. Errors: those that end the process.
  Result<void> run(bool committed);
  /// When `run` wants to be called although nothing was committed.
  std::optional<Clock::time_point> next() const;
  /// A commit or a chore failed: makes room when the disk is full, and has arrivals refused for a moment when
  /// the disk is to blame. Errors: those that end the process, this one or one of making room.
  Result<void> failed(const Error& error);

  bool push(std::unique_ptr<Chore>& chore) { return chores_.push(chore); }  ///< as Chores::push; any thread
  void end(const Error& why) { chores_.end(why); }

  /// Why nothing new can be taken at the moment; empty when it can. Any thread.
  std::string refusal() const;
  bool takes_arrivals() const {
    return !disk_.low() && refuse_until_.load(std::memory_order_relaxed) == Clock::duration::zero();
  }
  void fill(Store::Stats& stats) const;  ///< any thread

 private:
  void mind_the_disk();
  void notice(const std::string& sentence) const;
  Result<void> move_log(bool idle, bool worked);

  Connection& connection_;
  const std::function<void(const std::string&)> on_notice_;
  Checkpoints checkpoints_;
  DiskReserve disk_;
  Chores chores_;
  Clock::time_point idle_since_, looked_, moved_;
  std::atomic<Clock::duration> refuse_until_{
      Clock::duration::zero()};  ///< of the clock's epoch; 0: not at all
  bool told_held_up_ = false;
};

}  // namespace waggle::store::sqlite
