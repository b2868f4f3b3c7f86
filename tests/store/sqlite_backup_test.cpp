// Backups: whole, proven and private, made while events come in; restoring them.
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/store/restore.hpp"
#include "tests/store/child.hpp"
#include "tests/store/samples.hpp"

namespace waggle::store::testing {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Store> must_open(const std::string& folder) {
  StoreOptions options;
  options.data_dir = folder;
  auto store = open_sqlite(options);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

Result<BackedUp> back_up(Store& store, const std::string& file) {
  return wait_for<BackedUp>([&](auto done) { store.backup(file, std::move(done)); });
}

std::set<std::string> events_of(const std::string& folder) {
  auto reader = open_sqlite_reader(folder);
  EXPECT_TRUE(reader.ok()) << reader.error().message;
  std::set<std::string> ids;
  if (!reader.ok()) return ids;
  const auto events = (*reader)->events({"", "", 10'000});
  EXPECT_TRUE(events.ok());
  for (const Event& event : *events) ids.insert(event.id);
  return ids;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

Arrival with_body(std::size_t bytes) {
  Arrival arrival = sample_arrival(new_id(kNoon));
  arrival.event.body.assign(bytes, 'x');
  return arrival;
}

void overwrite(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

TEST(Children, DISABLED_BacksUpUntilKilled) {
  if (Child::folder().empty()) GTEST_SKIP() << "the child's part of SqliteBackup";
  auto store = must_open(Child::folder());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(arrive(*store, with_body(100'000)).ok());
  Child::report("begun");
  for (int i = 0;; ++i)
    if (!back_up(*store, Child::folder() + "/../backup-" + std::to_string(i)).ok()) return;
}

TEST(SqliteBackup, HasEverythingThatWasAcknowledgedBeforeItBegan) {
  TempFolder folder;
  auto store = must_open(folder.path("data"));
  std::set<std::string> before;
  for (int i = 0; i < 200; ++i) {
    const Arrival arrival = with_body(50'000);
    ASSERT_TRUE(arrive(*store, arrival).ok());
    before.insert(arrival.event.id);
  }
  std::atomic<bool> stop{false};
  std::atomic<int> came{0};
  std::uint64_t longest_log = 0;
  std::thread sender([&] {
    while (!stop) {
      if (arrive(*store, with_body(20'000)).ok()) ++came;
      longest_log = std::max(longest_log, store->stats().wal_bytes);
    }
  });
  while (came < 20) std::this_thread::yield();
  const int came_before = came;
  const auto backed_up = back_up(*store, folder.path("copy.db"));
  ASSERT_TRUE(backed_up.ok()) << backed_up.error().message;
  const int came_after = came;
  stop = true;
  sender.join();
  EXPECT_GT(came_after, came_before) << "arrivals went on meanwhile";
  EXPECT_LT(longest_log, 32u << 20);
  EXPECT_EQ(backed_up->bytes, fs::file_size(folder.path("copy.db")));
  EXPECT_EQ(fs::status(folder.path("copy.db")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files_in(folder.path()), (std::vector<std::string>{"copy.db", "data"}))
      << "nothing is left beside it";

  const auto restored = restore_sqlite(folder.path("copy.db"), folder.path("other"), false);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  const auto ids = events_of(folder.path("other"));
  for (const std::string& id : before) EXPECT_EQ(ids.count(id), 1u);
  EXPECT_GE(static_cast<int>(ids.size()), static_cast<int>(before.size()) + came_before);
  auto again = must_open(folder.path("other"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(arrive(*again, sample_arrival()).ok());
  EXPECT_TRUE(check_sqlite(folder.path("other")).ok());
}

TEST(SqliteBackup, FollowsDeletesThatHappenMeanwhile) {
  TempFolder folder;
  auto store = must_open(folder.path("data"));
  for (int i = 0; i < 200; ++i) {
    Arrival arrival = with_body(100'000);
    arrival.runs.clear();
    ASSERT_TRUE(arrive(*store, arrival).ok());
  }
  std::atomic<int> swept{0};
  const auto backed_up = wait_for<BackedUp>([&](auto done) {
    store->backup(folder.path("copy.db"), std::move(done));
    store->sweep({kNoon + 1, kNoon + 1, 0, true}, [&](const auto&) { ++swept; });
  });
  ASSERT_TRUE(backed_up.ok()) << backed_up.error().message;
  ASSERT_TRUE(restore_sqlite(folder.path("copy.db"), folder.path("other"), false).ok());
  EXPECT_TRUE(check_sqlite(folder.path("other")).ok());
}

TEST(SqliteBackup, RefusesAnExistingFileAndAFolderThatIsNotThere) {
  TempFolder folder;
  auto store = must_open(folder.path("data"));
  overwrite(folder.path("mine"), "keep me");
  auto refused = back_up(*store, folder.path("mine"));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("already"), std::string::npos) << refused.error().message;
  EXPECT_EQ(fs::file_size(folder.path("mine")), 7u);
  refused = back_up(*store, folder.path("no/such/folder/file"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().next, Next::invalid);
  EXPECT_TRUE(back_up(*store, folder.path("good")).ok()) << "and the next one works";
}

TEST(SqliteBackup, OneAtATime) {
  TempFolder folder;
  auto store = must_open(folder.path("data"));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(arrive(*store, with_body(100'000)).ok());
  std::atomic<bool> refused{false};
  const auto first = wait_for<BackedUp>([&](auto done) {
    store->backup(folder.path("one"), std::move(done));
    store->backup(folder.path("two"), [&](const auto& second) { refused = !second.ok(); });
  });
  EXPECT_TRUE(first.ok());
  EXPECT_TRUE(refused);
}

TEST(SqliteBackup, AKillLeavesNoHalfBackupUnderItsName) {
  TempFolder folder;
  for (int round = 0; round < 3; ++round) {
    Child child("Children.DISABLED_BacksUpUntilKilled", folder.path("data"));
    ASSERT_EQ(child.read_lines(1), "begun\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(30 + 61 * round));
    child.kill_hard();
    child.wait();
    for (const std::string& name : files_in(folder.path())) {
      if (name.ends_with(".partial") || name == "data") continue;
      const auto restored = restore_sqlite(folder.path(name), folder.path("check"), true);
      EXPECT_TRUE(restored.ok()) << name << ": " << restored.error().message;
    }
    fs::remove_all(folder.path("check"));
    for (const std::string& name : files_in(folder.path()))
      if (name != "data") fs::remove(folder.path(name));
    EXPECT_TRUE(check_sqlite(folder.path("data")).ok());
  }
}

TEST(SqliteBackup, WithoutAServerIsTheSameButRefusesBesideOne) {
  TempFolder folder;
  auto store = must_open(folder.path("data"));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(arrive(*store, with_body(1000)).ok());
  auto refused = backup_sqlite(folder.path("data"), folder.path("copy"));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("another Waggle"), std::string::npos);
  store.reset();
  const auto backed_up = backup_sqlite(folder.path("data"), folder.path("copy"));
  ASSERT_TRUE(backed_up.ok()) << backed_up.error().message;
  ASSERT_TRUE(restore_sqlite(folder.path("copy"), folder.path("other"), false).ok());
  EXPECT_EQ(events_of(folder.path("other")), events_of(folder.path("data")));
  EXPECT_FALSE(backup_sqlite(folder.path("nothing-here"), folder.path("copy2")).ok());
}

class Restoring : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = must_open(folder_.path("data"));
    ASSERT_TRUE(arrive(*store, sample_arrival("in-the-backup")).ok());
    ASSERT_TRUE(back_up(*store, backup_).ok());
    ASSERT_TRUE(arrive(*store, sample_arrival("later")).ok());
  }
  std::string refusal(const std::string& folder, bool replace) {
    const auto restored = restore_sqlite(backup_, folder_.path(folder), replace);
    return restored.ok() ? "" : restored.error().message;
  }
  TempFolder folder_;
  const std::string backup_ = folder_.path("backup.db");
};

TEST_F(Restoring, RefusesAFolderWithAStoreUnlessToldAndSetsThatOneAside) {
  EXPECT_NE(refusal("data", false).find("--replace"), std::string::npos);
  EXPECT_EQ(events_of(folder_.path("data")).size(), 2u);
  const auto restored = restore_sqlite(backup_, folder_.path("data"), true);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(events_of(folder_.path("data")).size(), 1u);
  fs::create_directory(folder_.path("old"));
  fs::copy_file(restored->set_aside, folder_.path("old/waggle.db"));
  EXPECT_EQ(events_of(folder_.path("old")).size(), 2u) << "nothing of the old store is lost";
}

TEST_F(Restoring, ALogOfTheOldStoreIsNotTakenForTheBackups) {
  // As after kill -9: the last commits are in the log alone.
  TempFolder killed;
  {
    auto store = must_open(killed.path("running"));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(arrive(*store, with_body(1000)).ok());
    fs::create_directory(killed.path("data"));
    for (const char* part : {"waggle.db", "waggle.db-wal"})
      fs::copy_file(killed.path("running/" + std::string(part)), killed.path("data/" + std::string(part)));
  }
  const auto restored = restore_sqlite(backup_, killed.path("data"), true);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_FALSE(fs::exists(killed.path("data/waggle.db-wal")));
  EXPECT_EQ(events_of(killed.path("data")).size(), 1u);
  EXPECT_TRUE(check_sqlite(killed.path("data")).ok());
  fs::create_directory(killed.path("old"));
  fs::copy_file(restored->set_aside, killed.path("old/waggle.db"));
  EXPECT_EQ(events_of(killed.path("old")).size(), 20u);
}

TEST_F(Restoring, ShowsNobodyElseTheStoreWhateverTheBackupsMode) {
  {
    auto store = must_open(folder_.path("large"));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(arrive(*store, with_body(2'000'000)).ok());
    fs::remove(backup_);
    ASSERT_TRUE(back_up(*store, backup_).ok());
  }
  fs::permissions(backup_, fs::perms(0644));
  fs::create_directory(folder_.path("open"));
  std::atomic<bool> over{false};
  fs::perms seen = fs::perms::none;
  std::thread onlooker([&] {
    std::error_code gone;
    while (!over)
      if (const auto draft = fs::status(folder_.path("open/waggle.db.restoring"), gone); fs::exists(draft))
        seen |= draft.permissions();
  });
  EXPECT_EQ(refusal("open", false), "");
  over = true;
  onlooker.join();
  EXPECT_EQ(seen & ~fs::perms(0600), fs::perms::none);
  EXPECT_EQ(fs::status(folder_.path("open/waggle.db")).permissions(), fs::perms(0600));
}

TEST_F(Restoring, RefusesWhileAServerUsesTheFolder) {
  auto store = must_open(folder_.path("data"));
  EXPECT_NE(refusal("data", true).find("another Waggle"), std::string::npos);
  EXPECT_TRUE(arrive(*store, sample_arrival()).ok());
}

TEST_F(Restoring, ProvesTheBackupFirst) {
  std::string bytes;
  {
    std::ifstream in(backup_, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::string damaged = bytes;
  damaged.replace(5 * 4096, 3 * 4096, 3 * 4096, '\xa5');
  for (const std::string& bad :
       {damaged, bytes.substr(0, bytes.size() / 2), std::string("not a database"), std::string()}) {
    overwrite(backup_, bad);
    EXPECT_NE(refusal("new", false), "") << bad.size() << " bytes";
    EXPECT_FALSE(fs::exists(folder_.path("new/waggle.db")));
    EXPECT_NE(refusal("data", true), "");
    EXPECT_EQ(events_of(folder_.path("data")).size(), 2u) << "what was there is untouched";
  }
  fs::remove(backup_);
  EXPECT_NE(refusal("new", false).find("No such file"), std::string::npos);
}

}  // namespace waggle::store::testing
