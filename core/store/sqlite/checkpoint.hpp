// When the writer moves the write-ahead log into the database. Only the writer's connection ever does;
// between commits, so that acknowledgements of the group are out first.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "core/store/sqlite/database.hpp"

namespace waggle::store::sqlite {

class Checkpoints {
 public:
  /// Watches the connection's commits. The connection must outlive this.
  explicit Checkpoints(Connection& connection);
  Checkpoints(const Checkpoints&) = delete;

  /// After each commit. Errors: only those that are fatal; others are tried again after the next commit.
  Result<void> after_commit();
  /// Whether the log holds what the database does not, or has become so long that it should be cut.
  bool pending() const;
  /// When nothing is queued, or the disk is full: moves what there is, so that a restart finds little to do
  /// and the log begins anew in its space. Cuts a long log, which may wait for readers for a second.
  Result<void> when_idle();

  /// Somebody's snapshot kept the log from being cut, and still may.
  bool held_up() const { return held_up_; }
  /// Of the log, not yet in the database.
  std::uint64_t pending_bytes() const {
    const std::uint64_t pages = wal_pages_.load(std::memory_order_relaxed);
    return pages > pages_moved_ ? (pages - pages_moved_) * page_bytes_ : 0;
  }

  std::uint64_t done() const { return done_.load(std::memory_order_relaxed); }
  std::uint64_t wal_bytes() const { return wal_pages_.load(std::memory_order_relaxed) * page_bytes_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wants_cut() const;
  Result<void> checkpoint(int mode);
  static int committed(void* self, sqlite3*, const char*, int pages);

  Connection& connection_;
  std::uint64_t page_bytes_ = 4096;
  std::atomic<std::uint64_t> wal_pages_{0};  ///< in the log since it last began anew
  std::uint64_t pages_moved_ = 0;            ///< of them already in the database
  std::uint64_t next_try_pages_ = 0;
  bool held_up_ = false;
  std::optional<Clock::time_point> next_cut_;  ///< after a cut in vain: when one is tried again at the latest
  std::atomic<std::uint64_t> done_{0};
};

}  // namespace waggle::store::sqlite
