#include "core/cli/shell/sqlite_version.hpp"

#include <sqlite3.h>

namespace waggle::cli {
namespace {

constexpr int fixed = 3'051'003;
constexpr int fixed_3_50 = 3'050'007, after_3_50 = 3'051'000;
constexpr int fixed_3_44 = 3'044'006, after_3_44 = 3'045'000;

}  // namespace

bool sqlite_has_reset_bug() {
  const int version = sqlite3_libversion_number();
  return version < fixed && !(version >= fixed_3_50 && version < after_3_50) &&
         !(version >= fixed_3_44 && version < after_3_44);
}

std::string sqlite_version_note() {
  const std::string version = sqlite3_libversion();
  if (!sqlite_has_reset_bug()) return version;
  return version +
         " is older than 3.51.3 and has the WAL-reset bug; it cannot happen here, because one connection "
         "alone "
         "writes and checkpoints (so let no other program write to waggle.db)";
}

}  // namespace waggle::cli
