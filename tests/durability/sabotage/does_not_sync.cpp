// A broken Waggle for testing the harness: it runs SQLite with synchronous=OFF. Only a power cut can show it.
// Linked with --wrap=sqlite3_exec (tests/durability/CMakeLists.txt).
#include <sqlite3.h>

#include <cstring>

using Row = int (*)(void*, int, char**, char**);

extern "C" {

int __real_sqlite3_exec(sqlite3* database, const char* sql, Row row, void* context, char** message);

int __wrap_sqlite3_exec(sqlite3* database, const char* sql, Row row, void* context, char** message) {
  if (std::strstr(sql, "synchronous") != nullptr) sql = "PRAGMA synchronous = OFF";
  return __real_sqlite3_exec(database, sql, row, context, message);
}
}
