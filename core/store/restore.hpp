// Backups without a server, and putting one back. Called by commands; each takes the data folder's lock
// meanwhile, so that no server runs beside it. Blocks.
#pragma once

#include <string>

#include <waggle/result.hpp>

#include "core/store/upkeep.hpp"

namespace waggle::store {

/// Copies the store of a folder that no server uses. Errors: invalid (in use; no store; the file exists or
/// cannot be written), failed (damaged).
Result<BackedUp> backup_sqlite(const std::string& data_dir, const std::string& file);

struct Restored {
  std::string database;   ///< where it is now
  std::string set_aside;  ///< what was there before, kept under another name; empty = nothing was
};

/// Proves the backup, then makes it the folder's store. What the folder has is refused, or with `replace` set
/// aside. The next start takes it for a store whose owner was killed, so that calls which may have been made
/// since the backup are shown as such. Errors: invalid (in use; not empty; not a backup), failed (the backup
/// is damaged).
Result<Restored> restore_sqlite(const std::string& file, const std::string& data_dir, bool replace);

}  // namespace waggle::store
