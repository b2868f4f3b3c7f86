// The writer: one thread, one connection, one queue. It commits everything that is queued at the moment as
// one transaction (a commit costs an fsync, however many writes it holds) and calls the completions after the
// commit is on disk. Made and closed by SqliteStore; push() from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/store/sqlite/tables.hpp"
#include "core/store/sqlite/writer_upkeep.hpp"
#include "core/store/store.hpp"

namespace waggle::store::sqlite {

/// One queued write. `apply` may run twice, the second time after a rollback, so it must not use up what it
/// holds.
class Write {
 public:
  virtual ~Write() = default;
  /// Errors: this write's own; its transaction is then rolled back.
  virtual Result<void> apply(Tables& tables) = 0;
  /// Calls the completion: with what `apply` found, or with `failure`.
  virtual void finish(const Error* failure) = 0;

  std::size_t bytes = 0;           ///< what it holds in memory, about
  std::optional<Error> own_error;  ///< set by the writer: it failed alone
};

/// A write whose work is a function `Result<T>(Tables&)`.
template <class T, class Work>
class WriteOf final : public Write {
 public:
  WriteOf(Work work, Done<T> done) : work_(std::move(work)), done_(std::move(done)) {}
  Result<void> apply(Tables& tables) override {
    result_ = work_(tables);
    if (!result_->ok()) return result_->error();
    return {};
  }
  void finish(const Error* failure) override {
    if (!done_) return;
    if (failure)
      done_(*failure);
    else
      done_(std::move(*result_));
  }

 private:
  Work work_;
  Done<T> done_;
  std::optional<Result<T>> result_;
};

class Writer {
 public:
  Writer(Connection connection, const StoreOptions& options);
  ~Writer();
  Writer(const Writer&) = delete;

  bool accepts() const;
  std::string refusal() const { return upkeep_.refusal(); }  ///< of the disk; empty otherwise
  /// Long work between commits; ends with `retry` when the writer is closed.
  void push_chore(std::unique_ptr<Chore> chore);
  template <class T, class Work>
  void push(std::size_t bytes, Work work, Done<T> done) {
    auto write = std::make_unique<WriteOf<T, Work>>(std::move(work), std::move(done));
    write->bytes = bytes + sizeof *write;
    push(std::move(write));
  }
  /// Commits what is queued and ends the thread. False when the writer had to stop before.
  bool close();
  Store::Stats stats() const;
  Connection& connection() { return connection_; }  ///< for chores, on the writer's thread

 private:
  using Group = std::vector<std::unique_ptr<Write>>;
  void push(std::unique_ptr<Write> write);
  void loop();
  bool take_group(Group& group);
  void commit(Group& group);
  Result<void> apply_together(Group& group);
  Result<void> apply_apart(Group& group);
  Result<void> end_transaction();
  void roll_back();
  void finish(Group& group, const Error* failure);
  void stop_for(const Error& error);

  const StoreOptions options_;
  Connection connection_;  // before what uses it
  Tables tables_;
  Upkeep upkeep_;
  Query begin_, commit_, savepoint_, release_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Group queue_;                       // guarded by mutex_
  bool closing_ = false;              // guarded by mutex_
  bool nudged_ = false;               // guarded by mutex_: a chore came
  std::atomic<bool> stopped_{false};  // for good: the disk or the file failed
  std::atomic<bool> refuses_{false};  // stopped or closing
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<std::uint64_t> commits_{0}, writes_{0};
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace waggle::store::sqlite
