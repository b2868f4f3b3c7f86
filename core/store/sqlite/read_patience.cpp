#include "core/store/sqlite/read_patience.hpp"

namespace waggle::store::sqlite {
namespace {

/// A read shorter than this is never ended: the dashboard's lists take a few milliseconds.
constexpr std::chrono::milliseconds always_allowed{250};
/// With a log shorter than this nobody is in the way. Below the size at which the writer waits for readers
/// (checkpoint.cpp), so that it need not wait long.
constexpr off_t log_is_long = 32 << 20;
/// Steps of SQLite's virtual machine between two looks: well under a millisecond.
constexpr int steps_between = 4096;

/// Another time of the last write, not a later one: clocks are set back.
bool is_written_since(const std::optional<struct stat>& then, const struct stat& now) {
  return !then || then->st_mtim.tv_sec != now.st_mtim.tv_sec || then->st_mtim.tv_nsec != now.st_mtim.tv_nsec;
}

}  // namespace

void ReadPatience::watch(sqlite3* handle) {
  handle_ = handle;
  sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, &ReadPatience::statement_begins, this);
  sqlite3_progress_handler(handle, steps_between, &ReadPatience::still_running, this);
}

int ReadPatience::statement_begins(unsigned, void* self, void*, void*) {
  auto& patience = *static_cast<ReadPatience*>(self);
  if (sqlite3_txn_state(patience.handle_, nullptr) == SQLITE_TXN_NONE) {
    patience.snapshot_began_ = std::chrono::steady_clock::now();
    patience.log_then_ = patience.log();
  }
  return 0;
}

int ReadPatience::still_running(void* self) {
  const auto& patience = *static_cast<ReadPatience*>(self);
  if (std::chrono::steady_clock::now() - patience.snapshot_began_ < always_allowed) return 0;
  const auto log = patience.log();
  return log && log->st_size > log_is_long && is_written_since(patience.log_then_, *log);
}

std::optional<struct stat> ReadPatience::log() const {
  struct stat found {};
  if (stat(log_file_.c_str(), &found) != 0) return std::nullopt;
  return found;
}

}  // namespace waggle::store::sqlite
