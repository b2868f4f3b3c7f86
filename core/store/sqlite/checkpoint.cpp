#include "core/store/sqlite/checkpoint.hpp"

#include <algorithm>

namespace waggle::store::sqlite {
namespace {

/// Moved after this many pages (4 MiB). While a move runs nothing commits, so its size is the worst wait for
/// an acknowledgement: 4 MiB had half the 99th percentile of 16 MiB at the same throughput (bench/store,
/// 2026-11).
constexpr std::uint64_t move_pages = 1024;
/// From here on (40 MiB) readers held the log up for long: wait for them, then cut the file. The promise is
/// < 64 MiB.
constexpr std::uint64_t cut_pages = 10'240;
/// Up to here (60 MiB) a cut that was in vain is tried again after every 4 MiB: our own readers make way
/// within a quarter of a second, but only when they get to run, and on a busy machine a cut may not wait that
/// long.
constexpr std::uint64_t patient_pages = 15'360;
/// How long a cut waits for readers; meanwhile nothing commits. Waggle's own readers, also those of commands
/// beside the server, make way within a quarter of that when the log is long (read_patience.cpp).
constexpr int cut_wait_ms = 1000;
/// When a cut was in vain, somebody sits there who does not make way: the log must grow, acknowledgements
/// must not wait much for it. A try takes its wait and a look at every page of the log: beyond
/// `patient_pages` the next one comes after so many times what the look took, and not sooner than this.
constexpr int cut_again_wait_ms = 100;
constexpr int cut_rest_factor = 10;
constexpr std::chrono::seconds least_between_cuts{2};
/// The wait of ordinary statements, set again after a cut.
constexpr int usual_wait_ms = 5000;

}  // namespace

Checkpoints::Checkpoints(Connection& connection) : connection_(connection), next_try_pages_(move_pages) {
  if (auto size = connection_.number("PRAGMA page_size"); size.ok())
    page_bytes_ = static_cast<std::uint64_t>(*size);
  sqlite3_wal_hook(connection_.handle(), &Checkpoints::committed, this);
}

int Checkpoints::committed(void* self, sqlite3*, const char*, int pages) {
  auto& checkpoints = *static_cast<Checkpoints*>(self);
  const auto now = static_cast<std::uint64_t>(pages);
  if (now < checkpoints.wal_pages_.load(std::memory_order_relaxed)) {  // the log began anew
    checkpoints.pages_moved_ = 0;
    checkpoints.next_try_pages_ = move_pages;
    checkpoints.held_up_ = false;
    checkpoints.next_cut_.reset();
  }
  checkpoints.wal_pages_.store(now, std::memory_order_relaxed);
  return SQLITE_OK;
}

Result<void> Checkpoints::after_commit() {
  const std::uint64_t pages = wal_pages_.load(std::memory_order_relaxed);
  const bool grown = pages >= next_try_pages_ && !(next_cut_ && pages >= patient_pages);
  const bool rested = next_cut_ && Clock::now() >= *next_cut_;
  if (!grown && !rested) return {};
  return checkpoint(pages >= cut_pages ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE);
}

bool Checkpoints::pending() const {
  return wal_pages_.load(std::memory_order_relaxed) > pages_moved_ || wants_cut();
}

bool Checkpoints::wants_cut() const {
  return wal_pages_.load(std::memory_order_relaxed) >= cut_pages &&
         (!next_cut_ || Clock::now() >= *next_cut_);
}

Result<void> Checkpoints::when_idle() {
  if (!pending()) return {};
  return checkpoint(wants_cut() ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE);
}

Result<void> Checkpoints::checkpoint(int mode) {
  const bool cut = mode == SQLITE_CHECKPOINT_TRUNCATE;
  const std::chrono::milliseconds wait(next_cut_ ? cut_again_wait_ms : cut_wait_ms);
  if (cut) sqlite3_busy_timeout(connection_.handle(), static_cast<int>(wait.count()));
  const auto begun = Clock::now();
  int pages = 0, moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, &pages, &moved);
  if (cut) sqlite3_busy_timeout(connection_.handle(), usual_wait_ms);
  if (pages >= 0 && moved >= 0) {
    wal_pages_.store(static_cast<std::uint64_t>(pages), std::memory_order_relaxed);
    pages_moved_ = static_cast<std::uint64_t>(moved);
  }
  next_try_pages_ = wal_pages_.load(std::memory_order_relaxed) + move_pages;
  if (code == SQLITE_OK) {
    if (cut) {
      next_cut_.reset();
      held_up_ = false;
    }
    done_.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  if (cut) {
    const auto now = Clock::now();
    next_cut_ = now + std::max<Clock::duration>(least_between_cuts, (now - begun - wait) * cut_rest_factor);
    if ((code & 0xff) == SQLITE_BUSY) held_up_ = true;
  }
  // Busy readers and a full disk pass: the log keeps everything meanwhile. A failed fsync does not.
  const Error error = connection_.error(code, "moving the log into the database");
  if (is_fatal(error)) return error;
  return {};
}

}  // namespace waggle::store::sqlite
