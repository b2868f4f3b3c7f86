// Long work that only the writer's connection may do - deleting what is old, copying a backup - in slices
// between commits, so that acknowledgements wait a few milliseconds at most. Queued from any thread, worked
// on by the writer's.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <waggle/result.hpp>

namespace waggle::store::sqlite {

class Chore {
 public:
  using Clock = std::chrono::steady_clock;
  virtual ~Chore() = default;
  /// Works until about then, one step at least, and leaves no transaction open. True: it is done. After an
  /// error it is as before the call.
  virtual Result<bool> slice(Clock::time_point until) = 0;
  /// Last call: it is done, or ended with `failure`.
  virtual void finish(const Error* failure) = 0;
  /// Falls behind: may take a larger part of the time.
  virtual bool urgent() const { return false; }
};

class Chores {
 public:
  using Clock = Chore::Clock;
  /// False when no more is taken; the chore then stays the caller's.
  bool push(std::unique_ptr<Chore>& chore);
  /// When the next slice should begin; nullopt: there is nothing to do.
  std::optional<Clock::time_point> next() const;
  /// One slice, when it is time for one; `quiet`: nobody else writes, so the next may follow at once. True
  /// when something was done. `failed` hears why a slice failed, makes room if it can, and says what ends
  /// the process. A slice for which the disk is too full is tried again, ever smaller, for a second or more.
  /// Errors: those of `failed`.
  Result<bool> work(bool quiet, const std::function<Result<void>(const Error&)>& failed);
  /// Nothing is taken any more; what is queued ends with this.
  void end(const Error& why);

 private:
  mutable std::mutex mutex_;
  std::deque<std::unique_ptr<Chore>> queue_;  // guarded by mutex_; the first is touched by the writer alone
  bool ended_ = false;                        // guarded by mutex_
  Clock::time_point rest_until_;              // guarded by mutex_
  int found_full_ = 0;                        // slices in a row for which the disk was too full; writer only
  int halved_ = 0;                            // slices are this often halved; writer only
};

}  // namespace waggle::store::sqlite
