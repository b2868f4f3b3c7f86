#include "core/store/sqlite/migrations.hpp"

#include <string>

namespace waggle::store::sqlite {
namespace {

/// "WGGL" in the file's header: tells our databases from anybody else's.
constexpr std::int64_t our_application_id = 0x5747474c;

Error newer_database(const Connection& connection, std::int64_t has) {
  return invalid(connection.file() + ": the database was written by a newer Waggle (layout " +
                     std::to_string(has) + ", this program knows " + std::to_string(migrations().size()) +
                     "); start that version, or restore a backup made before the upgrade",
                 "store_newer");
}

/// An empty file is ours to take; one with tables but without our mark is somebody else's.
Result<void> check_owner(Connection& connection) {
  WAGGLE_TRY(const std::int64_t mark, connection.number("PRAGMA application_id"));
  if (mark == our_application_id) return {};
  WAGGLE_TRY(const std::int64_t tables, connection.number("SELECT count(*) FROM sqlite_schema"));
  if (mark == 0 && tables == 0) return {};
  return invalid(connection.file() + ": this is not a Waggle database; choose another data folder",
                 "store_foreign");
}

Result<void> apply(Connection& connection, const Migration& migration) {
  const std::string script = "BEGIN IMMEDIATE;\n" + std::string(migration.sql) +
                             "\nPRAGMA application_id = " + std::to_string(our_application_id) +
                             ";\nPRAGMA user_version = " + std::to_string(migration.number) + ";\nCOMMIT;";
  auto done = connection.execute(script.c_str());
  if (done.ok()) return {};
  if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
  done.error().message = "migration " + std::string(migration.name) + ": " + done.error().message;
  return done;
}

}  // namespace

Result<void> check_ours(Connection& connection) {
  WAGGLE_TRY_VOID(check_owner(connection));
  WAGGLE_TRY(const std::int64_t has, connection.number("PRAGMA user_version"));
  if (has > static_cast<std::int64_t>(migrations().size())) return newer_database(connection, has);
  return {};
}

Result<void> migrate(Connection& connection) {
  WAGGLE_TRY(const std::int64_t has, connection.number("PRAGMA user_version"));
  for (const Migration& migration : migrations())
    if (migration.number > has) WAGGLE_TRY_VOID(apply(connection, migration));
  return {};
}

Result<void> check_layout(Connection& connection) {
  WAGGLE_TRY_VOID(check_ours(connection));
  WAGGLE_TRY(const std::int64_t has, connection.number("PRAGMA user_version"));
  if (has < static_cast<std::int64_t>(migrations().size()))
    return invalid(connection.file() + ": the database is of an older Waggle (layout " + std::to_string(has) +
                       "); start the server once, it brings it up to date",
                   "store_older");
  return {};
}

}  // namespace waggle::store::sqlite
