// Brings a database to the newest layout. Called by the writer's thread before the store opens; readers only
// compare.
#pragma once

#include <span>

#include "core/store/sqlite/database.hpp"

namespace waggle::store::sqlite {

struct Migration {
  int number;
  const char* name;
  const char* sql;
};

/// All of core/store/migrations, in order; made at build time.
std::span<const Migration> migrations();

/// Changes nothing. Errors: invalid (newer than this program, or not Waggle's), failed (damaged).
Result<void> check_ours(Connection& connection);
/// Applies what is missing, each file in a commit of its own. Errors: those of the disk.
Result<void> migrate(Connection& connection);
/// For readers, which cannot migrate. Errors: invalid (the layout is not the one this program knows).
Result<void> check_layout(Connection& connection);

}  // namespace waggle::store::sqlite
