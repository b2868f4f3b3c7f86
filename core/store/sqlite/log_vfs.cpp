#include "core/store/sqlite/log_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <string>

namespace waggle::store::sqlite {
namespace {

/// Written in pieces up to this size: SQLite's unix layer cuts the length of one write to 17 bits
/// (os_unix.c, seekAndWriteFd, 3.40.1, read 2026-11).
constexpr std::size_t max_joined_bytes = 0x1ffff;

/// Before each page in the log; bytes 4 to 7 are not zero for the last page of a commit.
/// Source: https://sqlite.org/fileformat2.html#walformat (read 2026-11)
constexpr int frame_header_bytes = 24;
bool ends_commit(const unsigned char* header) { return (header[4] | header[5] | header[6] | header[7]) != 0; }

/// What SQLite gets as its open log file; the system's file object lies behind it in the same allocation.
struct LogFile {
  sqlite3_file base;    // first: SQLite sees only this
  std::string joined;   // written by SQLite, not yet by us
  sqlite3_int64 begin;  // where `joined` belongs
  bool commits;         // the page that comes next ends a commit

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  static LogFile& of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

  /// What could not be written is forgotten: SQLite gets the error and rolls back.
  int flush() {
    if (joined.empty()) return SQLITE_OK;
    const int code = real()->pMethods->xWrite(real(), joined.data(), static_cast<int>(joined.size()), begin);
    joined.clear();
    return code;
  }
};

int log_close(sqlite3_file* file) {
  LogFile& log = LogFile::of(file);
  const int flushed = log.flush();
  const int closed = log.real()->pMethods->xClose(log.real());
  log.~LogFile();
  return flushed != SQLITE_OK ? flushed : closed;
}

int log_read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xRead(log.real(), to, bytes, at);
}

int log_write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  LogFile& log = LogFile::of(file);
  const bool follows = at == log.begin + static_cast<sqlite3_int64>(log.joined.size());
  if (!follows || log.joined.size() + static_cast<std::size_t>(bytes) > max_joined_bytes)
    if (const int code = log.flush(); code != SQLITE_OK) return code;
  if (log.joined.empty()) log.begin = at;
  try {
    log.joined.append(static_cast<const char*>(from), static_cast<std::size_t>(bytes));
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  // SQLite publishes a commit to readers after its last page is written (and in FULL mode synced): by then it
  // must be.
  if (bytes == frame_header_bytes) {
    log.commits = ends_commit(static_cast<const unsigned char*>(from));
    return SQLITE_OK;
  }
  return log.commits ? log.flush() : SQLITE_OK;
}

int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xTruncate(log.real(), size);
}

int log_sync(sqlite3_file* file, int flags) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xSync(log.real(), flags);
}

int log_size(sqlite3_file* file, sqlite3_int64* size) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xFileSize(log.real(), size);
}

// SQLite locks the database file, never its log: these are only complete.
int log_lock(sqlite3_file* file, int level) {
  return LogFile::of(file).real()->pMethods->xLock(LogFile::of(file).real(), level);
}
int log_unlock(sqlite3_file* file, int level) {
  return LogFile::of(file).real()->pMethods->xUnlock(LogFile::of(file).real(), level);
}
int log_reserved(sqlite3_file* file, int* answer) {
  return LogFile::of(file).real()->pMethods->xCheckReservedLock(LogFile::of(file).real(), answer);
}
int log_control(sqlite3_file* file, int operation, void* argument) {
  return LogFile::of(file).real()->pMethods->xFileControl(LogFile::of(file).real(), operation, argument);
}
int log_sector(sqlite3_file* file) {
  return LogFile::of(file).real()->pMethods->xSectorSize(LogFile::of(file).real());
}
int log_characteristics(sqlite3_file* file) {
  return LogFile::of(file).real()->pMethods->xDeviceCharacteristics(LogFile::of(file).real());
}

/// Version 1: a log is neither mapped nor shared memory.
constexpr sqlite3_io_methods log_methods{
    1,          log_close,    log_read,    log_write,  log_truncate,        log_sync, log_size, log_lock,
    log_unlock, log_reserved, log_control, log_sector, log_characteristics, nullptr,  nullptr,  nullptr,
    nullptr,    nullptr,      nullptr};

sqlite3_vfs* system_vfs(sqlite3_vfs* ours) { return static_cast<sqlite3_vfs*>(ours->pAppData); }

int open_file(sqlite3_vfs* ours, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* system = system_vfs(ours);
  if ((flags & SQLITE_OPEN_WAL) == 0) return system->xOpen(system, name, file, flags, out_flags);
  auto* log = new (file) LogFile{{nullptr}, {}, 0, false};
  const int code = system->xOpen(system, name, log->real(), flags, out_flags);
  if (code == SQLITE_OK) {
    log->base.pMethods = &log_methods;
  } else {
    log->~LogFile();
    file->pMethods = nullptr;  // SQLite then does not close it
  }
  return code;
}

}  // namespace

const char* log_vfs_name() {
  static sqlite3_vfs ours;
  static const bool registered = [] {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    if (!system) return false;
    ours = *system;  // everything but opening is the system's own
    ours.zName = "waggle";
    ours.pAppData = system;
    ours.szOsFile = static_cast<int>(sizeof(LogFile)) + system->szOsFile;
    ours.xOpen = open_file;
    return sqlite3_vfs_register(&ours, 0) == SQLITE_OK;
  }();
  return registered ? ours.zName : nullptr;
}

}  // namespace waggle::store::sqlite
