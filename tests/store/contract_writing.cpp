// Writing from many threads, in groups, up to the limit of the queue, until the store is closed.
#include <atomic>
#include <latch>
#include <thread>

#include "tests/store/contract.hpp"

namespace waggle::store::testing {

class Writing : public Contract {
 protected:
  /// Keeps the writer busy in a completion until released, so that what follows is queued.
  class Hold {
   public:
    explicit Hold(Store& store) {
      store.set_schedule_cursor("hold", 1, [this](Result<void>) {
        held_.count_down();
        released_.wait();
      });
      held_.wait();
    }
    void release() { released_.count_down(); }

   private:
    std::latch held_{1}, released_{1};
  };
};
INSTANTIATE_TEST_SUITE_P(, Writing, ::testing::ValuesIn(backends()), backend_name);

TEST_P(Writing, WhatIsQueuedTogetherIsOneCommit) {
  constexpr int kWrites = 500;
  const auto before = store_->stats();
  Hold hold(*store_);
  std::latch all(kWrites);
  std::atomic<int> failed{0};
  for (int i = 0; i < kWrites; ++i)
    store_->arrive({sample_arrival()}, [&](auto arrived) {
      if (!arrived.ok()) ++failed;
      all.count_down();
    });
  EXPECT_GT(store_->stats().queued_bytes, 0u);
  hold.release();
  all.wait();
  EXPECT_EQ(failed, 0);
  const auto after = store_->stats();
  EXPECT_EQ(after.writes - before.writes, 1u + kWrites);
  EXPECT_EQ(after.commits - before.commits, 2u)
      << "one for the hold, one for everything that was queued meanwhile";
  EXPECT_EQ(due(kNoon).size(), 500u);
}

TEST_P(Writing, TwinsWithinOneGroupAreStoredOnce) {
  Hold hold(*store_);
  std::latch all(20);
  std::atomic<int> repeats{0};
  for (int i = 0; i < 20; ++i)
    store_->arrive({sample_arrival("same")}, [&](auto arrived) {
      if (arrived->front().duplicate) ++repeats;
      all.count_down();
    });
  hold.release();
  all.wait();
  EXPECT_EQ(repeats, 19);
  const auto events = reader_->events({}).value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].repeats, 19);
}

TEST_P(Writing, AWriteThatFailsFailsAloneInItsGroup) {
  Hold hold(*store_);
  std::latch all(5);
  std::atomic<int> stored{0};
  std::string refused;
  const Arrival good[] = {sample_arrival("a"), sample_arrival("b"), sample_arrival("c"), sample_arrival("d")};
  Arrival bad = sample_arrival("bad");
  bad.event.source = "a source that no good one has";
  bad.runs[0].run.id =
      good[0].runs[0].run.id;  // the event is written before the store sees that the run's id is taken
  const auto count = [&](auto arrived) {
    if (arrived.ok())
      ++stored;
    else
      refused = arrived.error().message;
    all.count_down();
  };
  for (int i = 0; i < 4; ++i) {
    if (i == 2) store_->arrive({bad}, count);
    store_->arrive({good[i]}, count);
  }
  hold.release();
  all.wait();
  EXPECT_EQ(stored, 4);
  EXPECT_NE(refused, "");
  EXPECT_FALSE(reader_->event(bad.event.id)->has_value()) << "nothing of the failed write is left";
  EXPECT_EQ(due(kNoon).size(), 4u);
  EXPECT_EQ(counted(RunState::queued), 4);
  // What the failed write had been the first to name is written again by the next.
  Arrival next = sample_arrival("next");
  next.event.source = bad.event.source;
  must_arrive(next);
  EXPECT_EQ(reader_->event(next.event.id)->value().source, bad.event.source);
}

TEST_P(Writing, FourThreadsWriteEverythingExactlyOnce) {
  constexpr int kThreads = 4, kEach = 500;
  std::latch all(kThreads * kEach);
  std::atomic<int> repeats{0}, failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)  // every tenth key is sent by all threads
        store_->arrive({sample_arrival(i % 10 == 0 ? "shared:" + std::to_string(i)
                                                   : std::to_string(t) + ":" + std::to_string(i))},
                       [&](auto arrived) {
                         if (!arrived.ok())
                           ++failed;
                         else if (arrived->front().duplicate)
                           ++repeats;
                         all.count_down();
                       });
    });
  for (auto& thread : threads) thread.join();
  all.wait();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(repeats, 3 * 50);
  EXPECT_EQ(due(kNoon).size(), 2000u - 150u);
  EXPECT_EQ(counted(RunState::queued), 2000 - 150);
  const auto stats = store_->stats();
  EXPECT_LT(stats.commits, stats.writes);
}

TEST_P(Writing, AFullQueueSaysSoUntilItIsWritten) {
  reader_.reset();
  store_.reset();
  StoreOptions options;
  options.data_dir = folder_.path("small");
  options.max_queued_bytes = 100'000;
  store_ = std::move(GetParam().open(options).value());
  EXPECT_TRUE(store_->accepts());
  Hold hold(*store_);
  const auto big = [] {
    Arrival arrival = sample_arrival();
    arrival.event.body.assign(60'000, 'x');
    return arrival;
  };
  std::latch all(2);
  store_->arrive({big()}, [&](auto) { all.count_down(); });
  EXPECT_TRUE(store_->accepts());
  store_->arrive({sample_arrival(), big()}, [&](auto) { all.count_down(); });
  EXPECT_FALSE(store_->accepts());
  hold.release();
  all.wait();
  // The completion comes before the count goes down.
  for (int i = 0; i < 1000 && !store_->accepts(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(store_->accepts());
}

TEST_P(Writing, ClosingWritesWhatIsQueuedAndRefusesTheRest) {
  const Arrival queued = sample_arrival();
  std::atomic<bool> stored{false};
  store_->arrive({queued}, [&](auto arrived) { stored = arrived.ok(); });
  store_->close();
  EXPECT_TRUE(stored);
  EXPECT_FALSE(store_->accepts());
  auto late = arrive(*store_, sample_arrival());
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().next, Next::retry);
  reopen();
  EXPECT_EQ(due(kNoon), std::vector<std::string>{queued.runs[0].run.id});
}

}  // namespace waggle::store::testing
