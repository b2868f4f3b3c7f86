// One SQLite connection, and its errors in Waggle's words. A writer connection is the only one in the world
// that writes and checkpoints this database; reader connections never checkpoint, not even when the last one
// closes (SQLite before 3.51.3 can lose pages when a checkpoint races the writer's reset of the WAL:
// https://sqlite.org/wal.html#walresetbug, read 2026-11). Used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include <waggle/result.hpp>

#include "core/store/sqlite/read_patience.hpp"

namespace waggle::store::sqlite {

/// Error::code of what is wrong with the disk or the file, not with one write.
inline constexpr std::string_view disk_full_code = "store_full";
inline constexpr std::string_view disk_error_code = "store_io";
inline constexpr std::string_view damaged_code = "store_damaged";
inline constexpr std::string_view busy_code = "store_busy";
/// A long read was ended, because the log grew meanwhile.
inline constexpr std::string_view read_ended_code = "store_read_ended";
/// The kernel said that what we wrote may not be on disk: nothing may be acknowledged any more, the process
/// must end.
inline constexpr std::string_view sync_failed_code = "store_sync";

/// True when every write would fail alike, so that nothing is gained by trying the others of its group.
bool is_machine_fault(const Error& error);
/// True when the process must stop: a failed fsync or a damaged file.
bool is_fatal(const Error& error);

class Connection {
 public:
  /// Creates the file, for its owner alone, when it is not there. Nothing is written before
  /// `configure_writer`. Errors: see `error`.
  static Result<Connection> open_writer(const std::string& file);
  /// Makes commits durable and checkpoints explicit. Errors: invalid (a file system without shared memory: no
  /// WAL).
  Result<void> configure_writer();
  /// Its reads make way for the writer (read_patience.hpp).
  static Result<Connection> open_reader(const std::string& file);

  /// A file that nobody writes, such as a backup: makes no files beside it.
  static Result<Connection> open_still(const std::string& file);

  /// Statements without parameters or rows.
  Result<void> execute(const char* sql);
  /// The number that `sql` answers, such as a pragma's value.
  Result<std::int64_t> number(const char* sql);

  /// What an SQLite result code means here. `doing` is a phrase: "committing".
  Error error(int code, std::string_view doing) const;
  /// How many rows the last statement changed.
  std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  sqlite3* handle() const { return handle_.get(); }
  const std::string& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  Connection(sqlite3* handle, std::string file) : handle_(handle), file_(std::move(file)) {}
  static Result<Connection> open(const std::string& file, int flags, bool joins_log_writes);

  std::unique_ptr<ReadPatience> patience_;  // of readers; before the handle, which calls it
  std::unique_ptr<sqlite3, Close> handle_;
  std::string file_;
};

}  // namespace waggle::store::sqlite
