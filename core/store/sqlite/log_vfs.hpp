// A thin layer under SQLite for the writer's log file: SQLite writes each page of a commit with two system
// calls (a header of 24 bytes, then the page); here they are joined and written by one when SQLite syncs, or
// when it reads. In FULL mode SQLite syncs before it publishes a commit to readers, so nobody can see what is
// not written yet (https://sqlite.org/src/file/src/wal.c, sqlite3WalFrames, 3.40.1, read 2026-11). All other
// files go straight to the system.
#pragma once

namespace waggle::store::sqlite {

/// Name to open the writer's connection with; registers the layer at first use. Null when SQLite refuses: the
/// default then works as well, only slower. Any thread.
const char* log_vfs_name();

}  // namespace waggle::store::sqlite
