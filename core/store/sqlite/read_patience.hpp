// How long a read may stand in the way of the log. A reader's snapshot keeps the log from beginning anew; one
// that is held for long while much is written is ended, so that the log stays bounded. Works by itself in
// every reading connection, also of a command beside the server: each looks at the log: how long it is, and
// whether anybody has written since the snapshot began. On the thread of its connection.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <optional>
#include <string>

#include <sqlite3.h>

namespace waggle::store::sqlite {

class ReadPatience {
 public:
  explicit ReadPatience(const std::string& database_file) : log_file_(database_file + "-wal") {}
  ReadPatience(const ReadPatience&) = delete;
  /// From now on statements of `handle` are interrupted (SQLITE_INTERRUPT) when they are in the way; this
  /// must outlive it.
  void watch(sqlite3* handle);

 private:
  static int statement_begins(unsigned event, void* self, void* statement, void* sql);
  static int still_running(void* self);
  std::optional<struct stat> log() const;

  const std::string log_file_;
  sqlite3* handle_ = nullptr;
  std::chrono::steady_clock::time_point snapshot_began_;
  std::optional<struct stat> log_then_;  ///< when the snapshot began
};

}  // namespace waggle::store::sqlite
