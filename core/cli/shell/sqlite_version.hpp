// What there is to say about the SQLite that this program runs with. Any thread.
#pragma once

#include <string>

namespace waggle::cli {

/// Before 3.51.3 SQLite can lose pages when a checkpoint of one connection meets the start of a new log by
/// another (https://sqlite.org/wal.html#walresetbug, read 2026-11; also fixed in 3.50.7 and 3.44.6).
bool sqlite_has_reset_bug();

/// "3.40.1", and why an old one is safe here.
std::string sqlite_version_note();

}  // namespace waggle::cli
