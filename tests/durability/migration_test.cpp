// Killed while the database gets its first layout, or the newest one: the next start finishes it.
#include <sqlite3.h>

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "core/store/sqlite/migrations.hpp"
#include "core/store/store.hpp"
#include "tests/durability/harness/process.hpp"
#include "tests/durability/harness/project.hpp"
#include "tests/durability/harness/sender.hpp"
#include "tests/durability/harness/sink.hpp"
#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

/// A database as a Waggle of an earlier layout left it; 0 layouts: none.
void make_old_database(const std::string& data_dir, int layouts) {
  if (layouts == 0) return;
  std::filesystem::create_directories(data_dir);
  auto connection = store::sqlite::Connection::open_writer(data_dir + "/waggle.db");
  ASSERT_TRUE(connection.ok()) << connection.error().message;
  ASSERT_TRUE(connection->configure_writer().ok());
  for (const auto& migration : store::sqlite::migrations().first(static_cast<std::size_t>(layouts))) {
    ASSERT_TRUE(connection->execute(migration.sql).ok());
    ASSERT_TRUE(
        connection->execute(("PRAGMA user_version = " + std::to_string(migration.number)).c_str()).ok());
  }
  // "WGGL": the mark that the store looks for before it touches a file.
  ASSERT_TRUE(connection->execute("PRAGMA application_id = 0x5747474c").ok());
}

/// Kills the first start a moment after it began to write, and expects the second to work.
void kill_while_migrating(int layouts, std::mt19937_64& random) {
  Folder folder("migration");
  const std::string data = folder.path() + "/data";
  Sink sink(folder.path() + "/record");
  write_project({folder.path(), sink.url(), "data", ""});
  make_old_database(data, layouts);
  Process server(WAGGLE_BUILD_DIR "/bin/waggle", folder.path(), free_port());
  server.start();
  const std::string sign = data + (layouts == 0 ? "/waggle.db" : "/waggle.lock");
  for (int waits = 0; waits < 50'000 && !std::filesystem::exists(sign); ++waits)
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  std::this_thread::sleep_for(std::chrono::microseconds(random() % 8'000));
  server.kill();

  server.start();
  ASSERT_TRUE(server.ready_within(std::chrono::seconds(30))) << "it did not start after the kill";
  Sender sender({server.url(""), folder.path() + "/ledger", 1, 1, 1000});
  sender.start();
  while (sender.sent() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(sender.finish(std::chrono::seconds(20)));
  EXPECT_EQ(server.stop(), 0);
  const auto whole = store::check_sqlite(data);
  EXPECT_TRUE(whole.ok()) << whole.error().message;
}

TEST(Migration, KilledInTheMiddleIsFinishedByTheNextStart) {
  std::mt19937_64 random(options_for("bin/waggle").seed);
  const int layouts = static_cast<int>(store::sqlite::migrations().size());
  for (int old = 0; old < layouts; ++old)
    for (int times = 0; times < 8; ++times) kill_while_migrating(old, random);
}

}  // namespace
}  // namespace waggle::durability
