#include <atomic>
#include <functional>

#include "core/project/project_watch.hpp"
#include "tests/project_folder/folder.hpp"

namespace waggle::project {
namespace {

using namespace std::chrono_literals;

class Watched : public ProjectFolder {
 protected:
  /// Waits until the number of callbacks is reached.
  bool reached(int count) {
    for (int i = 0; i < 500 && calls_ < count; ++i) std::this_thread::sleep_for(20ms);
    return calls_ >= count;
  }

  std::atomic<int> calls_ = 0;
  const WatchTimes quick_{20ms, 60ms, 2'000ms};
};

TEST_F(Watched, EveryWayToChangeAFileIsOneCallback) {
  write("waggle.yaml", "port: 1\n");
  write("flows/a.yaml", "1");
  const std::function<void()> changes[] = {
      [&] { write("flows/a.yaml", "2"); },  // same size
      [&] { write("flows/b.yaml", "new"); },
      [&] {  // as editors save
        write("flows/a.tmp", "3");
        std::filesystem::rename(dir_ + "/flows/a.tmp", dir_ + "/flows/a.yaml");
      },
      [&] { std::filesystem::remove(dir_ + "/flows/b.yaml"); },
      [&] { write("connections.yaml", "x: 1\n"); },
      [&] {
        std::filesystem::create_directory(dir_ + "/plugins");
        write("plugins/x.so", "ELF");
      },
      [&] { std::filesystem::permissions(dir_ + "/plugins", std::filesystem::perms(0777)); },
      [&] { std::filesystem::remove_all(dir_ + "/flows"); },
  };
  ProjectWatch watch(
      dir_, [&] { ++calls_; }, quick_);
  int expected = 0;
  for (const auto& change : changes) {
    change();
    EXPECT_TRUE(reached(++expected)) << "change number " << expected;
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(calls_, expected);
  }
}

TEST_F(Watched, IsAskedForAgainWhileSomethingMayMendItself) {
  std::atomic<bool> unsettled = true;
  ProjectWatch watch(
      dir_, [&] { ++calls_; }, {20ms, 60ms, 2'000ms, 50ms}, [&] { return unsettled.load(); });
  EXPECT_TRUE(reached(2));
  unsettled = false;
  std::this_thread::sleep_for(100ms);
  const int calls = calls_;
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(calls_, calls);
}

TEST_F(Watched, WaitsUntilManyFilesAreStill) {
  ProjectWatch watch(dir_, [&] { ++calls_; }, {20ms, 400ms, 60'000ms});
  for (int i = 0; i < 20; ++i) {
    write("flows/f" + std::to_string(i) + ".yaml", "x");
    std::this_thread::sleep_for(15ms);
  }
  EXPECT_TRUE(reached(1));
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(calls_, 1);
}

TEST_F(Watched, APluginIsNotReadWhileItIsStillBeingWritten) {
  std::filesystem::create_directory(dir_ + "/plugins");
  std::atomic<std::uintmax_t> size_seen = 0;
  ProjectWatch watch(dir_,
                     [&] {
                       size_seen = std::filesystem::file_size(dir_ + "/plugins/x.so");
                       ++calls_;
                     },
                     {20ms, 400ms, 60'000ms});
  {
    std::ofstream slow(dir_ + "/plugins/x.so", std::ios::binary);
    for (int i = 0; i < 30; ++i) {
      slow << std::string(1000, 'x') << std::flush;
      std::this_thread::sleep_for(20ms);  // together longer than the watch waits
    }
  }
  EXPECT_TRUE(reached(1));
  EXPECT_EQ(size_seen, 30'000u);
}

TEST_F(Watched, DoesNotWaitForEverWhenFilesNeverAreStill) {
  ProjectWatch watch(dir_, [&] { ++calls_; }, {10ms, 60'000ms, 300ms});
  for (int i = 0; calls_ == 0 && i < 1000; ++i) {
    write("flows/f.yaml", std::string(static_cast<std::size_t>(i), 'x'));
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_GE(calls_, 1);
}

TEST_F(Watched, IgnoresWhatIsNoneOfTheProjects) {
  ProjectWatch watch(
      dir_, [&] { ++calls_; }, quick_);
  write("flows/.a.yaml.swp", "x");
  write("flows/.a.yaml", "x");
  write("notes.txt", "x");
  std::filesystem::create_directory(dir_ + "/data");
  write("data/waggle.db", "x");
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(calls_, 0);
}

TEST_F(Watched, NoticesWhatChangesDuringTheCallback) {
  ProjectWatch watch(
      dir_,
      [&] {
        if (calls_++ == 0) write("flows/a.yaml", "second");
      },
      quick_);
  write("flows/a.yaml", "first!");
  EXPECT_TRUE(reached(2));
}

}  // namespace
}  // namespace waggle::project
