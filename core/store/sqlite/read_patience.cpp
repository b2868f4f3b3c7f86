#include "core/store/sqlite/read_patience.hpp"

#include <sys/stat.h>

namespace waggle::store::sqlite {
namespace {

/// A read shorter than this is never ended: the dashboard's lists take a few milliseconds.
constexpr std::chrono::milliseconds always_allowed{250};
/// With a log shorter than this nobody is in the way. Below the size at which the writer waits for readers
/// (checkpoint.cpp), so that it need not wait long.
constexpr off_t log_is_long = 32 << 20;
/// Steps of SQLite's virtual machine between two looks: well under a millisecond.
constexpr int steps_between = 4096;

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
    patience.snapshot_began_at_ = std::chrono::system_clock::now();
  }
  return 0;
}

int ReadPatience::still_running(void* self) {
  const auto& patience = *static_cast<ReadPatience*>(self);
  if (std::chrono::steady_clock::now() - patience.snapshot_began_ < always_allowed) return 0;
  struct stat log {};
  if (stat(patience.log_file_.c_str(), &log) != 0 || log.st_size <= log_is_long) return 0;
  const auto written =
      std::chrono::seconds(log.st_mtim.tv_sec) + std::chrono::nanoseconds(log.st_mtim.tv_nsec);
  return written > patience.snapshot_began_at_.time_since_epoch();
}

}  // namespace waggle::store::sqlite
