// The data folder: one owner, layouts of other versions, damage.
#include <fstream>

#include <gtest/gtest.h>

#include "core/store/sqlite/database.hpp"
#include "core/store/sqlite/migrations.hpp"
#include "tests/store/child.hpp"
#include "tests/store/samples.hpp"

namespace waggle::store::testing {
namespace {

Result<std::unique_ptr<Store>> open(const std::string& folder) {
  StoreOptions options;
  options.data_dir = folder;
  return open_sqlite(options);
}

std::string refusal(const std::string& folder) {
  auto store = open(folder);
  if (store.ok()) return "it opened";
  return std::string(to_string(store.error().next)) + ": " + store.error().message;
}

void must_execute(const std::string& file, const char* sql) {
  auto connection = sqlite::Connection::open_writer(file);
  ASSERT_TRUE(connection.ok());
  auto done = connection->execute(sql);
  ASSERT_TRUE(done.ok()) << done.error().message;
}

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

TEST(Children, DISABLED_TriesToOpen) {
  if (Child::folder().empty()) GTEST_SKIP() << "the child's part of SqliteFiles";
  Child::report(refusal(Child::folder()));
}

TEST(SqliteFiles, ASecondProcessIsRefusedWithTheFirstOnesNameUntilItEnds) {
  TempFolder folder;
  auto store = open(folder.path());
  ASSERT_TRUE(store.ok());
  const std::string refused = Child("Children.DISABLED_TriesToOpen", folder.path()).read_lines(1);
  EXPECT_NE(refused.find("invalid: " + folder.path()), std::string::npos) << refused;
  EXPECT_NE(refused.find("(process " + std::to_string(getpid()) + ")"), std::string::npos) << refused;
  EXPECT_NE(refusal(folder.path()).find("another Waggle"), std::string::npos) << "also within one process";
  store->reset();
  EXPECT_EQ(Child("Children.DISABLED_TriesToOpen", folder.path()).read_lines(1), "it opened\n");
}

TEST(SqliteFiles, AFolderThatCannotBeMadeIsRefused) {
  TempFolder folder;
  overwrite(folder.path("file"), "x");
  EXPECT_NE(refusal(folder.path("file/data")).find("cannot be made"), std::string::npos);
}

TEST(SqliteFiles, ANewFolderIsForItsOwnerAlone) {
  TempFolder folder;
  ASSERT_TRUE(open(folder.path("data")).ok());
  EXPECT_EQ(std::filesystem::status(folder.path("data")).permissions(), std::filesystem::perms::owner_all);
}

TEST(SqliteFiles, InAFolderThatOthersMayReadAreForTheirOwnerAlone) {
  TempFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  auto store = open(folder.path());
  ASSERT_TRUE(store.ok() && arrive(**store, sample_arrival()).ok());
  for (const char* file : {"waggle.db", "waggle.db-wal", "waggle.db-shm", "waggle.lock"})
    EXPECT_EQ(std::filesystem::status(folder.path(file)).permissions(), std::filesystem::perms(0600)) << file;
}

TEST(SqliteFiles, AnEmptyFileIsBroughtToTheNewestLayout) {
  TempFolder folder;
  overwrite(folder.path("waggle.db"), "");
  ASSERT_TRUE(open(folder.path()).ok());
  auto connection = sqlite::Connection::open_reader(folder.path("waggle.db"));
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(connection->number("PRAGMA user_version").value(), static_cast<int>(sqlite::migrations().size()));
  EXPECT_EQ(connection->number("PRAGMA auto_vacuum").value(), 2) << "incremental: retention gives space back";
  EXPECT_EQ(connection->number("SELECT count(*) FROM pragma_foreign_key_check").value(), 0);
}

/// Layout 3 kept every attempt in a row of its own.
TEST(SqliteFiles, RowsOfAnOlderLayoutAreReadAndGoOn) {
  TempFolder folder;
  const std::string file = folder.path("waggle.db");
  {
    auto connection = sqlite::Connection::open_writer(file);
    ASSERT_TRUE(connection.ok() && connection->configure_writer().ok());
    for (const auto& migration : sqlite::migrations().first(3))
      ASSERT_TRUE(connection->execute(migration.sql).ok()) << migration.name;
  }
  must_execute(
      file,
      "PRAGMA application_id = 0x5747474c; PRAGMA user_version = 3;"
      "INSERT INTO names VALUES (1, 'x');"
      "INSERT INTO events (id, source, received_ms) "
      "VALUES (x'0192f0c1a0007000800000000000000a', 1, 5);"
      "INSERT INTO runs (id, event, flow, state, due_ms, created_ms, ended_ms, seed) VALUES "
      "(x'0192f0c1a0007000800000000000000b', x'0192f0c1a0007000800000000000000a', 1, 'queued', 0, 5, "
      "0, 1);"
      "INSERT INTO effects (run, key, state, attempts, due_ms, ended_ms) VALUES "
      "(x'0192f0c1a0007000800000000000000b', '1', 'done', 1, 0, 7), "
      "(x'0192f0c1a0007000800000000000000b', '2', 'pending', 0, 0, 0);"
      "INSERT INTO attempts (run, key, number, started_ms, took_ms, exchanges) VALUES "
      "(x'0192f0c1a0007000800000000000000b', '1', 1, 6, 1, '[1]'), "
      "(x'0192f0c1a0007000800000000000000b', '2', 1, 8, 0, '[]');");
  const std::string id = "0192f0c1-a000-7000-8000-00000000000b";
  auto store = open(folder.path());
  ASSERT_TRUE(store.ok()) << store.error().message;
  auto reader = (*store)->reader();
  ASSERT_TRUE(reader.ok());
  auto before = (*reader)->run(id);
  ASSERT_TRUE(before.ok() && *before);
  ASSERT_EQ((*before)->attempts.size(), 2u);
  EXPECT_EQ((*before)->attempts[0].exchanges, "[1]");

  Effect second = (*before)->effects.at(1);
  second.state = EffectState::done;
  second.attempts = 1;
  ASSERT_TRUE(update(**store, {(*before)->run, {second}, {{id, "2", 1, 8, 3, {}, "[2]"}}}).ok());
  const auto after = (*reader)->run(id);
  ASSERT_TRUE(after.ok() && *after);
  ASSERT_EQ((*after)->attempts.size(), 2u);
  EXPECT_EQ((*after)->attempts[0].exchanges, "[1]");
  EXPECT_EQ((*after)->attempts[1].exchanges, "[2]");
}

TEST(SqliteFiles, AnInterruptedMigrationBeginsAnew) {
  TempFolder folder;
  // A file as left by a first start that was killed before its first migration was committed.
  auto connection = sqlite::Connection::open_writer(folder.path("waggle.db"));
  ASSERT_TRUE(connection.ok() && connection->configure_writer().ok());
  ASSERT_TRUE(connection->execute("BEGIN; CREATE TABLE names (id INTEGER PRIMARY KEY); ROLLBACK").ok());
  { auto closed = std::move(*connection); }
  auto store = open(folder.path());
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_TRUE(arrive(**store, sample_arrival()).ok());
}

TEST(SqliteFiles, TheWriterCommitsWithFullSync) {
  TempFolder folder;
  auto connection = sqlite::Connection::open_writer(folder.path("waggle.db"));
  ASSERT_TRUE(connection.ok() && connection->configure_writer().ok());
  EXPECT_EQ(connection->number("PRAGMA synchronous").value(), 2);
  EXPECT_EQ(connection->number("PRAGMA wal_autocheckpoint").value(), 0);
}

TEST(SqliteFiles, ADatabaseOfANewerWaggleIsRefusedUntouched) {
  TempFolder folder;
  ASSERT_TRUE(open(folder.path()).ok());
  must_execute(folder.path("waggle.db"), "PRAGMA user_version = 999");
  const std::string refused = refusal(folder.path());
  EXPECT_NE(refused.find("invalid: "), std::string::npos) << refused;
  EXPECT_NE(refused.find("newer Waggle (layout 999"), std::string::npos) << refused;
  auto reader = open_sqlite_reader(folder.path());
  ASSERT_FALSE(reader.ok());
  EXPECT_NE(reader.error().message.find("newer Waggle"), std::string::npos);
}

TEST(SqliteFiles, SomebodyElsesDatabaseIsRefusedUntouched) {
  TempFolder folder;
  must_execute(folder.path("waggle.db"), "CREATE TABLE theirs (x)");
  const std::string before = contents(folder.path("waggle.db"));
  EXPECT_NE(refusal(folder.path()).find("not a Waggle database"), std::string::npos);
  EXPECT_EQ(contents(folder.path("waggle.db")), before);
}

TEST(SqliteFiles, AReaderWithoutADatabaseSaysWhatToDo) {
  TempFolder folder;
  auto reader = open_sqlite_reader(folder.path());
  ASSERT_FALSE(reader.ok());
  EXPECT_NE(reader.error().message.find("there is no database"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.path("waggle.db")));
}

class DamagedDatabase : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = open(folder_.path());
    ASSERT_TRUE(store.ok());
    std::vector<Arrival> arrivals(500);
    for (Arrival& arrival : arrivals) arrival = sample_arrival();
    ASSERT_TRUE(arrive(**store, arrivals).ok());
    store->reset();
  }
  void damage(std::size_t from, std::size_t size) {
    std::string bytes = contents(file_);
    ASSERT_GT(bytes.size(), from + size);
    bytes.replace(from, size, size, '\xa5');
    overwrite(file_, bytes);
  }
  TempFolder folder_;
  const std::string file_ = folder_.path("waggle.db");
};

TEST_F(DamagedDatabase, IsRefusedAfterAnUncleanStopWithWhatToDo) {
  damage(10 * 4096, 20 * 4096);
  overwrite(folder_.path("waggle.lock"), "12345\n");
  const std::string refused = refusal(folder_.path());
  EXPECT_NE(refused.find("failed: "), std::string::npos) << refused;
  EXPECT_NE(refused.find("restore"), std::string::npos) << refused;
}

TEST_F(DamagedDatabase, IsFoundByTheCheckOnRequest) {
  EXPECT_TRUE(check_sqlite(folder_.path()).ok());
  damage(10 * 4096, 20 * 4096);
  auto checked = check_sqlite(folder_.path());
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().next, Next::failed);
}

TEST_F(DamagedDatabase, WithoutItsHeaderIsAlwaysRefused) {
  damage(0, 50);
  EXPECT_NE(refusal(folder_.path()).find("damaged"), std::string::npos);
}

TEST_F(DamagedDatabase, IsNotSuspectedAfterAnUncleanStopWhenItIsSound) {
  overwrite(folder_.path("waggle.lock"), "12345\n");
  EXPECT_EQ(refusal(folder_.path()), "it opened");
}

}  // namespace waggle::store::testing
