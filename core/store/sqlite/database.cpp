#include "core/store/sqlite/database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>

#include "core/store/sqlite/log_vfs.hpp"

namespace waggle::store::sqlite {
namespace {

/// How long a statement waits for somebody else's lock, such as a person's `sqlite3` shell, before it fails
/// with `retry`.
constexpr int busy_timeout_ms = 5000;
/// Page cache of the writer in KiB: the tails of all trees and the inner pages of the key index of some
/// million keys.
constexpr const char* writer_cache = "PRAGMA cache_size = -16384";
constexpr const char* reader_cache = "PRAGMA cache_size = -2048";
/// A log that readers made long is cut to 16 MiB when it begins anew; usually it has 4 to 12.
constexpr const char* log_kept = "PRAGMA journal_size_limit = 16777216";

/// Per-process settings of the library. Counting every allocation would cost a global mutex in each; nobody
/// reads the counts.
void configure_library_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
  });
}

}  // namespace

bool is_fatal(const Error& error) { return error.code == sync_failed_code || error.code == damaged_code; }

bool is_machine_fault(const Error& error) {
  return is_fatal(error) || error.code == disk_full_code || error.code == disk_error_code ||
         error.code == busy_code;
}

Error Connection::error(int code, std::string_view doing) const {
  const std::string where = file_ + ": " + std::string(doing) + ": ";
  const char* text = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const std::string detail = std::string(text) + " (SQLite code " + std::to_string(code) + ")";
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
    return failed(
        where + "the disk did not confirm a write: " + detail + "; check the disk, then start again",
        std::string(sync_failed_code));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return retry(where + "the disk is full: " + detail + "; free some space", {},
                   std::string(disk_full_code));
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return retry(
          where + "reading or writing failed: " + detail + "; check the disk and the folder's permissions",
          {}, std::string(disk_error_code));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return retry(where + "the database cannot be written: " + detail + "; check owner and permissions", {},
                   std::string(disk_error_code));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return retry(where + "another program holds the database: " + detail + "; close it", {},
                   std::string(busy_code));
    case SQLITE_INTERRUPT:
      return retry(where +
                       "the read took long while much is being written, and was ended so that the log does "
                       "not grow without bound; ask for less (--limit, --flow), or again in a moment",
                   {}, std::string(read_ended_code));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return failed(
          where + "the database is damaged: " + detail +
              "; stop Waggle, keep a copy of the folder, and restore the last backup (waggle restore)",
          std::string(damaged_code));
    case SQLITE_TOOBIG:
      return invalid(where + "a value is too big for the database: " + detail, "store_too_big");
    default:
      return bug(where + detail, "store_bug");
  }
}

Result<Connection> Connection::open(const std::string& file, int flags, bool joins_log_writes) {
  configure_library_once();
  sqlite3* handle = nullptr;
  // NOMUTEX: one thread at a time is our promise, so the library need not lock.
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   joins_log_writes ? log_vfs_name() : nullptr);
  Connection connection(handle, file);
  if (code != SQLITE_OK) return connection.error(code, "opening");
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  return connection;
}

Result<Connection> Connection::open_writer(const std::string& file) {
  // Events hold customers' data: the file is its owner's alone from its first moment, and SQLite gives the
  // log and the shared memory the file's mode. Only a new one is opened here: closing it would end the locks
  // of this process's other connections.
  if (const int made = ::open(file.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0)
    ::close(made);
  return open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, true);
}

Result<void> Connection::configure_writer() {
  for (const char* pragma : {
           // Must come before the first table: lets retention give pages back to the file system piece by
           // piece.
           "PRAGMA auto_vacuum = INCREMENTAL",
           "PRAGMA journal_mode = WAL",
           // Every commit is on disk before it is acknowledged. Never less.
           "PRAGMA synchronous = FULL",
           // The writer checkpoints when it says so (checkpoint.hpp), never inside a commit.
           "PRAGMA wal_autocheckpoint = 0",
           log_kept,
           // Costs a look-up per inserted row; the writer keeps references, and `PRAGMA foreign_key_check`
           // proves it.
           "PRAGMA foreign_keys = OFF",
           "PRAGMA temp_store = MEMORY",
           // A file damaged or truncated under a mapping would kill the process instead of answering an
           // error.
           "PRAGMA mmap_size = 0",
           writer_cache,
       })
    WAGGLE_TRY_VOID(execute(pragma));
  WAGGLE_TRY(const std::int64_t is_wal, number("SELECT journal_mode = 'wal' FROM pragma_journal_mode"));
  if (is_wal == 0)
    return invalid(
        file_ +
            ": SQLite's write-ahead log does not work here; keep the data folder on a local disk, not on a "
            "network file system",
        "data_folder");
  return {};
}

Result<Connection> Connection::open_reader(const std::string& file) {
  WAGGLE_TRY(Connection connection, open(file, SQLITE_OPEN_READONLY, false));
  const int code = sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (code != SQLITE_OK) return connection.error(code, "switching off the checkpoint on close");
  for (const char* pragma : {"PRAGMA wal_autocheckpoint = 0", "PRAGMA query_only = ON",
                             "PRAGMA temp_store = MEMORY", "PRAGMA mmap_size = 0", reader_cache})
    WAGGLE_TRY_VOID(connection.execute(pragma));
  connection.patience_ = std::make_unique<ReadPatience>(file);
  connection.patience_->watch(connection.handle());
  return connection;
}

Result<Connection> Connection::open_still(const std::string& file) {
  std::string uri = "file:";
  for (const char byte : std::filesystem::absolute(file).string())  // what has a meaning in a URI
    uri += byte == '%' ? "%25" : byte == '?' ? "%3f" : byte == '#' ? "%23" : std::string(1, byte);
  uri += "?immutable=1";
  WAGGLE_TRY(Connection connection, open(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, false));
  connection.file_ = file;
  return connection;
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code, std::string_view(sql).substr(0, 60));
  return {};
}

Result<std::int64_t> Connection::number(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr);
  std::int64_t value = 0;
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return error(code, sql);
  return value;
}

}  // namespace waggle::store::sqlite
