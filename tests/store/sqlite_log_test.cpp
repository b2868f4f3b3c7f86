// The write-ahead log: only the writer moves it into the database, readers never do, and it stays bounded.
#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include "core/store/sqlite/database.hpp"
#include "tests/store/child.hpp"
#include "tests/store/samples.hpp"

namespace waggle::store::testing {
namespace {

std::unique_ptr<Store> must_open(const std::string& folder) {
  StoreOptions options;
  options.data_dir = folder;
  auto store = open_sqlite(options);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string read_something(const std::string& folder) {
  auto reader = open_sqlite_reader(folder);
  if (!reader.ok()) return reader.error().message;
  auto events = (*reader)->events({});
  return events.ok() ? std::to_string(events->size()) + " events" : events.error().message;
}

Arrival big_arrival() {
  Arrival arrival = sample_arrival();
  arrival.event.body.assign(1 << 20, 'x');
  return arrival;
}

constexpr std::uint64_t kPromisedWalBytes = 64ull << 20;

}  // namespace

TEST(Children, DISABLED_Reads) {
  if (Child::folder().empty()) GTEST_SKIP() << "the child's part of SqliteLog";
  Child::report(read_something(Child::folder()));
}

/// A read that would never end by itself, as a command that was given a hopeless filter. Answers why it
/// ended.
std::string read_for_ever(const std::string& folder) {
  auto reader = sqlite::Connection::open_reader(folder + "/waggle.db");
  if (!reader.ok()) return reader.error().message;
  const auto counted = reader->number(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n, events");
  return counted.ok() ? "it ended" : counted.error().code;
}

TEST(Children, DISABLED_ReadsForEver) {
  if (Child::folder().empty()) GTEST_SKIP() << "the child's part of SqliteLog";
  Child::report("begins");
  Child::report(read_for_ever(Child::folder()));
}

class SqliteLog : public ::testing::Test {
 protected:
  void expect_untouched_by(const std::function<std::string()>& read) {
    const std::string database = contents(folder_.path("waggle.db"));
    const std::string log = contents(folder_.path("waggle.db-wal"));
    ASSERT_FALSE(log.empty());
    EXPECT_EQ(read(), "3 events");
    EXPECT_EQ(contents(folder_.path("waggle.db")), database) << "a reader moved the log into the database";
    EXPECT_EQ(contents(folder_.path("waggle.db-wal")), log);
  }
  TempFolder folder_;
};

TEST_F(SqliteLog, ReadersBesideTheWriterNeverMoveIt) {
  auto store = must_open(folder_.path());
  ASSERT_TRUE(arrive(*store, {sample_arrival(), sample_arrival(), sample_arrival()}).ok());
  expect_untouched_by([&] { return read_something(folder_.path()); });
  expect_untouched_by([&] {
    Child child("Children.DISABLED_Reads", folder_.path());
    const std::string line = child.read_lines(1);
    child.wait();
    return line.substr(0, line.find('\n'));
  });
}

TEST_F(SqliteLog, TheLastReaderAfterAKilledWriterDoesNotMoveItEither) {
  // The files as a killed server leaves them.
  TempFolder running;
  auto store = must_open(running.path());
  ASSERT_TRUE(arrive(*store, {sample_arrival(), sample_arrival(), sample_arrival()}).ok());
  for (const char* file : {"waggle.db", "waggle.db-wal"})
    std::filesystem::copy_file(running.path(file), folder_.path(file));
  expect_untouched_by([&] { return read_something(folder_.path()); });
  expect_untouched_by([&] { return read_something(folder_.path()); });
}

TEST_F(SqliteLog, AReaderCannotWrite) {
  auto store = must_open(folder_.path());
  auto reader = sqlite::Connection::open_reader(folder_.path("waggle.db"));
  ASSERT_TRUE(reader.ok());
  EXPECT_FALSE(reader->execute("DELETE FROM events").ok());
  EXPECT_EQ(sqlite3_wal_checkpoint_v2(reader->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                      nullptr) == SQLITE_OK,
            false);
}

TEST_F(SqliteLog, StaysSmallUnderAStreamOfBigWrites) {
  auto store = must_open(folder_.path());
  std::uintmax_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(arrive(*store, big_arrival()).ok());
    largest = std::max(largest, std::filesystem::file_size(folder_.path("waggle.db-wal")));
  }
  EXPECT_LT(largest, kPromisedWalBytes / 2);
  EXPECT_GE(store->stats().checkpoints, 4u);
}

TEST_F(SqliteLog, StaysBoundedBesideReadsThatWouldNeverEnd) {
  auto store = must_open(folder_.path());
  ASSERT_TRUE(arrive(*store, sample_arrival()).ok());
  std::string inside;
  std::thread reader([&] { inside = read_for_ever(folder_.path()); });
  Child outside("Children.DISABLED_ReadsForEver", folder_.path());
  ASSERT_EQ(outside.read_lines(1), "begins\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  std::uintmax_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(arrive(*store, big_arrival()).ok());
    largest = std::max(largest, std::filesystem::file_size(folder_.path("waggle.db-wal")));
  }
  reader.join();
  EXPECT_EQ(inside, sqlite::read_ended_code);
  EXPECT_EQ(outside.read_lines(1), std::string(sqlite::read_ended_code) + "\n");
  EXPECT_GT(largest, 30u << 20) << "the reads stood in the way";
  EXPECT_LT(largest, kPromisedWalBytes);
}

/// Whatever the length of the log that somebody has left behind.
TEST_F(SqliteLog, LongReadsEndByThemselvesWhenNothingIsWritten) {
  auto store = must_open(folder_.path());
  ASSERT_TRUE(arrive(*store, sample_arrival()).ok());
  std::filesystem::resize_file(folder_.path("waggle.db-wal"), kPromisedWalBytes);
  auto reader = sqlite::Connection::open_reader(folder_.path("waggle.db"));
  ASSERT_TRUE(reader.ok());
  const auto counted = reader->number(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000) "
      "SELECT count(*) FROM n, events");
  ASSERT_TRUE(counted.ok()) << counted.error().message;
  EXPECT_EQ(*counted, 4'000'000);
}

TEST_F(SqliteLog, StaysBoundedBesideReadersThatNeverPause) {
  auto store = must_open(folder_.path());
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      auto reader = std::move(store->reader().value());
      for (; !stop; ++reads) EXPECT_TRUE(reader->events({"", "", 500}).ok());
    });
  std::uintmax_t largest = 0;
  for (int i = 0; i < 80; ++i) {
    ASSERT_TRUE(arrive(*store, big_arrival()).ok());
    largest = std::max(largest, std::filesystem::file_size(folder_.path("waggle.db-wal")));
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_GT(reads, 10);
  EXPECT_LT(largest, kPromisedWalBytes);
}

TEST_F(SqliteLog, OneCommitHoldsNoMoreThanTheLogCan) {
  auto store = must_open(folder_.path());
  std::latch all(60);
  std::atomic<int> stored{0};
  for (int i = 0; i < 60; ++i)
    store->arrive({big_arrival()}, [&](const auto& arrived) {
      stored += arrived.ok() ? 1 : 0;
      all.count_down();
    });
  all.wait();
  EXPECT_EQ(stored, 60);
  EXPECT_LT(std::filesystem::file_size(folder_.path("waggle.db-wal")), kPromisedWalBytes / 2);
}

/// With a log in which a cut was in vain just now and by size comes again only after 4 MiB more, which is
/// more than is written here; and with one in which it comes again by time alone.
class SqliteLogHeldUp : public SqliteLog, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Arrivals, SqliteLogHeldUp, ::testing::Values(53, 80));

TEST_P(SqliteLogHeldUp, IsCutAfterwards) {
  auto store = must_open(folder_.path());
  ASSERT_TRUE(arrive(*store, sample_arrival()).ok());
  auto reader = sqlite::Connection::open_reader(folder_.path("waggle.db"));
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(reader->execute("BEGIN").ok());
  ASSERT_EQ(reader->number("SELECT count(*) FROM events").value(), 1);
  for (int i = 0; i < GetParam(); ++i) ASSERT_TRUE(arrive(*store, big_arrival()).ok());
  EXPECT_EQ(reader->number("SELECT count(*) FROM events").value(), 1) << "its snapshot stands";
  EXPECT_GT(store->stats().wal_bytes, static_cast<std::uint64_t>(GetParam() - 10) << 20);
  ASSERT_TRUE(reader->execute("COMMIT").ok());
  const auto size = [&] { return std::filesystem::file_size(folder_.path("waggle.db-wal")); };
  for (int i = 0; i < 75 && size() > 20u << 20; ++i) {  // however little is written then
    ASSERT_TRUE(arrive(*store, sample_arrival()).ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_LT(size(), 20u << 20);
}

}  // namespace waggle::store::testing
