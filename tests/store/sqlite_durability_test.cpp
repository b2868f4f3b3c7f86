// What was acknowledged is there: after kill -9, and never without a sync. A disk that fails or is full is
// never an acknowledgement.
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <latch>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "tests/store/child.hpp"
#include "tests/store/samples.hpp"
#include "tests/store/sync.hpp"

namespace waggle::store::testing {
namespace {

std::unique_ptr<Store> must_open(const std::string& folder, std::function<void(const Error&)> on_fatal = {}) {
  StoreOptions options;
  options.data_dir = folder;
  options.on_fatal = std::move(on_fatal);
  auto store = open_sqlite(options);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

/// Each event stored, then its run finished, as fast as it goes, on 4 chains; every acknowledgement is
/// reported.
void write_for_ever(Store& store) {
  std::function<void()> next = [&] {
    const Arrival arrival = sample_arrival(new_id(now_ms()), now_ms());
    store.arrive({arrival}, [&, run = arrival.runs[0].run](auto arrived) mutable {
      if (!arrived.ok()) _exit(4);
      Child::report("stored " + run.id);
      run.state = RunState::succeeded;
      run.ended_ms = now_ms();
      Effect effect{run.id, "1", EffectState::done, "", "http", "post", "", "{}", "{}", {},
                    1,      0,   run.ended_ms};
      store.update_run({run, {effect}, {}}, [&, id = run.id](auto updated) {
        if (!updated.ok()) _exit(5);
        Child::report("done " + id);
        next();
      });
    });
  };
  for (int chain = 0; chain < 4; ++chain) next();
  std::this_thread::sleep_for(std::chrono::seconds(60));
}

}  // namespace

TEST(Children, DISABLED_WritesUntilKilled) {
  if (Child::folder().empty()) GTEST_SKIP() << "the child's part of SqliteDurability";
  auto store = must_open(Child::folder());
  write_for_ever(*store);
}

TEST(SqliteDurability, EverythingAcknowledgedBeforeKill9IsThereAfterwards) {
  TempFolder folder;
  int acknowledged = 0;
  for (int round = 0; round < 5; ++round) {
    Child child("Children.DISABLED_WritesUntilKilled", folder.path("data"));
    std::string acks = child.read_lines(20 + 37 * round);
    child.kill_hard();
    acks += child.read_all();
    child.wait();
    auto store = must_open(folder.path("data"));
    ASSERT_TRUE(store);
    auto reader = std::move(store->reader().value());
    std::istringstream lines(acks);
    for (std::string word, id; lines >> word >> id; ++acknowledged) {
      auto run = reader->run(id);
      ASSERT_TRUE(run.ok()) << run.error().message;
      ASSERT_TRUE(run->has_value()) << word << " " << id << " is lost";
      if (word == "done") {
        EXPECT_EQ((*run)->run.state, RunState::succeeded) << id;
        EXPECT_EQ((*run)->effects.size(), 1u) << id;
      }
    }
  }
  EXPECT_GT(acknowledged, 300);
  EXPECT_TRUE(check_sqlite(folder.path("data")).ok());
}

TEST(SqliteDurability, NoCompletionIsCalledBeforeASync) {
  TempFolder folder;
  auto store = must_open(folder.path());
  for (int i = 0; i < 20; ++i) {
    const int before = syncs;
    ASSERT_TRUE(arrive(*store, sample_arrival()).ok());
    EXPECT_GT(syncs, before);
  }
}

TEST(SqliteDurability, AFailedSyncAcknowledgesNothingAndEndsTheStore) {
  TempFolder folder;
  std::atomic<int> fatal{0};
  std::string why;
  auto store = must_open(folder.path(), [&](const Error& error) {
    why = error.message;
    ++fatal;
  });
  ASSERT_TRUE(arrive(*store, sample_arrival()).ok());
  syncs_fail = true;
  auto lost = arrive(*store, sample_arrival());
  syncs_fail = false;
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().next, Next::retry);
  // The disk answers again, but what it has is unknown: still nothing.
  EXPECT_FALSE(arrive(*store, sample_arrival()).ok());
  EXPECT_FALSE(store->accepts());
  store->close();
  EXPECT_EQ(fatal, 1);
  EXPECT_NE(why.find("did not confirm"), std::string::npos) << why;
}

TEST(SqliteDurability, AFullDiskFailsTheWholeGroupAndPasses) {
  TempFolder folder;
  auto store = must_open(folder.path());
  ASSERT_TRUE(arrive(*store, sample_arrival("first")).ok());
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit usual{};
  getrlimit(RLIMIT_FSIZE, &usual);
  rlimit none = usual;
  // Nothing may be written behind here: what the kernel says on a full disk. Less than a page, as the log may
  // just have begun anew and then needs no new space for long.
  none.rlim_cur = 1024;
  setrlimit(RLIMIT_FSIZE, &none);
  std::latch all(50);
  std::atomic<int> stored{0}, to_retry{0};
  for (int i = 0; i < 50; ++i)
    store->arrive({sample_arrival("during:" + std::to_string(i))}, [&](auto arrived) {
      if (arrived.ok())
        ++stored;
      else if (arrived.error().next == Next::retry)
        ++to_retry;
      all.count_down();
    });
  all.wait();
  setrlimit(RLIMIT_FSIZE, &usual);
  EXPECT_EQ(stored, 0);
  EXPECT_EQ(to_retry, 50);
  // Space is back: the senders' repeats are new, not duplicates of what was never stored.
  for (int i = 0; i < 50; ++i) {
    auto again = arrive(*store, sample_arrival("during:" + std::to_string(i)));
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_FALSE(again->front().duplicate);
  }
  EXPECT_EQ(std::move(store->reader().value())->events({"", "", 100})->size(), 51u);
}

}  // namespace waggle::store::testing
