// A thin layer under SQLite for the writer's log file: SQLite writes each page of a commit with two system
// calls (a header of 24 bytes, then the page); here they are joined and written by one, at the last page of
// the commit, before a sync and before a read. So whatever SQLite publishes to readers is in the file
// (https://sqlite.org/src/file/src/wal.c, sqlite3WalFrames, 3.40.1, read 2026-11). All other files go
// straight to the system.
#pragma once

namespace waggle::store::sqlite {

/// Name to open the writer's connection with; registers the layer at first use. Null when SQLite refuses: the
/// default then works as well, only slower. Any thread.
const char* log_vfs_name();

}  // namespace waggle::store::sqlite
