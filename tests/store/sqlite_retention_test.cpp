// Retention: what is old goes, what is not finished stays, and the file becomes shorter while events come in.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "core/store/sqlite/database.hpp"
#include "tests/store/samples.hpp"

namespace waggle::store::testing {
namespace {

constexpr std::int64_t kDay = 24ll * 60 * 60 * 1000;
constexpr std::int64_t kNow = kNoon + 60 * kDay;

class Retention : public ::testing::Test {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.data_dir = folder_.path();
    auto store = open_sqlite(options);
    ASSERT_TRUE(store.ok()) << store.error().message;
    store_ = std::move(*store);
    reader_ = std::move(store_->reader().value());
  }

  Swept sweep(std::int64_t since_ms, std::uint64_t max_bytes = 0, bool thorough = true) {
    Keep keep;
    keep.now_ms = kNow;
    keep.since_ms = since_ms;
    keep.max_bytes = max_bytes;
    keep.thorough = thorough;
    auto swept = wait_for<Swept>([&](auto done) { store_->sweep(keep, std::move(done)); });
    EXPECT_TRUE(swept.ok()) << swept.error().message;
    return swept.ok() ? *swept : Swept{};
  }

  /// An event with one run in that state; everything that can belong to a run belongs to it.
  Arrival stored(RunState state, std::int64_t at_ms = kNoon, std::string key = {}, std::size_t body = 0) {
    Arrival arrival = sample_arrival(std::move(key), at_ms);
    if (body != 0) arrival.event.body.assign(body, 'x');
    EXPECT_TRUE(arrive(*store_, arrival).ok());
    store::Run run = arrival.runs[0].run;
    run.state = state;
    run.trace = "[]";
    if (is_final(state)) run.ended_ms = at_ms + 5;
    if (state == RunState::waiting) run.due_ms = at_ms + 90 * kDay;
    const Effect effect{run.id, "1",  EffectState::done, "", "http", "post", "my-shop", "{}", "{}", {}, 2,
                        0,      at_ms};
    const Attempt first{run.id, "1", 1, at_ms, 3, retry("503"), "[]"};
    const Attempt second{run.id, "1", 2, at_ms, 3, {}, "[]"};  // in the effect's own row
    EXPECT_TRUE(update(*store_, {run, {effect}, {first, second}}).ok());
    return arrival;
  }
  bool there(const Arrival& arrival) {
    const bool event = reader_->event(arrival.event.id).value().has_value();
    const bool run = reader_->run(arrival.runs[0].run.id).value().has_value();
    EXPECT_EQ(event, run) << "an event goes with its runs";
    return event;
  }
  std::int64_t rows(const std::string& table) {
    auto connection = sqlite::Connection::open_reader(folder_.path("waggle.db"));
    return connection->number(("SELECT count(*) FROM " + table).c_str()).value();
  }
  std::uintmax_t size() const { return std::filesystem::file_size(folder_.path("waggle.db")); }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace

TEST_F(Retention, DeletesOldFinalRunsWithAllThatBelongsToThem) {
  for (RunState state : {RunState::succeeded, RunState::filtered, RunState::stopped, RunState::failed})
    stored(state, kNoon, "key:" + std::string(to_string(state)));
  ASSERT_TRUE(arrive(*store_, sample_arrival("key:failed")).ok()) << "a repeat, which is counted";
  const Arrival young = stored(RunState::succeeded, kNow - kDay);
  const Swept swept = sweep(kNow - 30 * kDay);
  EXPECT_EQ(swept.events, 4u);
  EXPECT_EQ(swept.runs, 4u);
  EXPECT_TRUE(there(young));
  for (const char* table : {"events", "runs", "run_traces", "effects", "attempts"})
    EXPECT_EQ(rows(table), 1) << table;
  EXPECT_EQ(rows("event_repeats"), 0);
  EXPECT_EQ(rows("pragma_foreign_key_check"), 0);
  const auto counts = reader_->run_counts().value();
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0], std::pair(RunState::succeeded, std::int64_t{1}));
}

TEST_F(Retention, NeverTouchesWhatIsNotFinished) {
  std::vector<Arrival> open;
  for (RunState state : {RunState::queued, RunState::waiting, RunState::parked})
    open.push_back(stored(state));
  // A final run beside a parked one of the same event stays, too: what can be shown is whole.
  Arrival two = sample_arrival();
  two.runs.push_back({sample_run(two.event, "second-flow"), {}, {}, 0});
  ASSERT_TRUE(arrive(*store_, two).ok());
  store::Run run = two.runs[1].run;
  run.state = RunState::succeeded;
  run.ended_ms = kNoon;
  ASSERT_TRUE(update(*store_, {run, {}, {}}).ok());
  EXPECT_FALSE(sweep(kNow).events > 0);
  EXPECT_EQ(sweep(kNow, 4096).events, 0u) << "whatever the size";
  for (const Arrival& arrival : open) EXPECT_TRUE(there(arrival));
  EXPECT_TRUE(reader_->run(run.id).value().has_value());

  // Once it is final, it goes with the rest.
  store::Run first = two.runs[0].run;
  first.state = RunState::stopped;
  first.ended_ms = kNoon;
  ASSERT_TRUE(update(*store_, {first, {}, {}}).ok());
  EXPECT_EQ(sweep(kNow).runs, 2u);
}

TEST_F(Retention, CountsAgeFromTheEndOfARun) {
  Arrival arrival = sample_arrival();
  ASSERT_TRUE(arrive(*store_, arrival).ok());
  store::Run run = arrival.runs[0].run;
  run.state = RunState::succeeded;
  run.ended_ms = kNow - kDay;  // parked for long, then retried
  ASSERT_TRUE(update(*store_, {run, {}, {}}).ok());
  EXPECT_EQ(sweep(kNow - 30 * kDay).events, 0u);
  EXPECT_EQ(sweep(kNow).events, 1u);
}

TEST_F(Retention, AnEventFromTheFutureDoesNotStandInTheWay) {
  const Arrival future = stored(RunState::succeeded, kNow + 3650 * kDay);
  const Arrival old = stored(RunState::succeeded);
  EXPECT_EQ(sweep(kNow - 30 * kDay).events, 1u);
  EXPECT_FALSE(there(old));
  EXPECT_TRUE(there(future));
}

TEST_F(Retention, KeysStayUntilTheyExpireAndRecogniseRepeatsOfDeletedEvents) {
  stored(RunState::succeeded, kNoon, "order:7");
  Arrival late = sample_arrival("order:8", kNow - kDay);
  ASSERT_TRUE(arrive(*store_, late).ok());
  store::Run run = late.runs[0].run;
  run.state = RunState::succeeded;
  run.ended_ms = kNow - kDay;
  ASSERT_TRUE(update(*store_, {run, {}, {}}).ok());
  const Swept swept = sweep(kNow);
  EXPECT_EQ(swept.events, 2u);
  EXPECT_EQ(swept.keys, 1u) << "order:7 is weeks old, order:8 is not";
  auto again = arrive(*store_, sample_arrival("order:8", kNow));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->front().duplicate);
  EXPECT_EQ(again->front().event_id, late.event.id);
  EXPECT_EQ(rows("pragma_foreign_key_check"), 0);
  EXPECT_FALSE(arrive(*store_, sample_arrival("order:7", kNow))->front().duplicate);
}

TEST_F(Retention, UnusedFlowVersionsGo) {
  const auto save = [&](const std::string& version) {
    return wait_for<void>(
        [&](auto done) { store_->save_flow_version(version, "new-order", "text", kNoon, std::move(done)); });
  };
  const Arrival parked = stored(RunState::parked);
  ASSERT_TRUE(save(parked.runs[0].run.version).ok());
  ASSERT_TRUE(save("not-used-by-anything").ok());
  sweep(kNow);
  EXPECT_EQ(rows("flow_versions"), 2) << "saved since the start: they may be in force";
  reader_.reset();
  store_.reset();
  SetUp();
  ASSERT_TRUE(save("in-force").ok());
  EXPECT_EQ(sweep(kNow).flow_versions, 1u);
  EXPECT_TRUE(reader_->flow_bundle(parked.runs[0].run.version).value().has_value());
  EXPECT_TRUE(reader_->flow_bundle("in-force").value().has_value());
  EXPECT_FALSE(reader_->flow_bundle("not-used-by-anything").value().has_value());
}

TEST_F(Retention, BringsTheDatabaseBelowItsSizeOldestFirst) {
  std::vector<Arrival> all;
  for (int i = 0; i < 200; ++i) all.push_back(stored(RunState::succeeded, kNow - kDay + i, {}, 50'000));
  const std::uint64_t most = 5u << 20;
  const Swept swept = sweep(kNow - 30 * kDay, most);
  EXPECT_GT(swept.events, 90u);
  EXPECT_LT(swept.events, 130u);
  EXPECT_LE(swept.database_bytes, most);
  EXPECT_FALSE(there(all[swept.events - 1]));
  EXPECT_TRUE(there(all[swept.events]));
  EXPECT_EQ(sweep(kNow - 30 * kDay, most).events, 0u);
}

TEST_F(Retention, GivesSpaceBackWhileEventsComeIn) {
  for (int i = 0; i < 300; ++i) stored(RunState::succeeded, kNoon + i, {}, 100'000);
  std::atomic<bool> stop{false};
  std::atomic<int> came{0}, refused{0};
  std::thread sender([&] {
    while (!stop) {
      auto arrived = arrive(*store_, sample_arrival({}, kNow));
      ++(arrived.ok() ? came : refused);
    }
  });
  while (came < 50) std::this_thread::yield();
  const std::uintmax_t before = size();
  const int came_before = came;
  const Swept swept = sweep(kNow - 30 * kDay);
  EXPECT_EQ(swept.events, 300u);
  EXPECT_GT(came, came_before) << "arrivals went on meanwhile";
  // The file is cut when the log is moved, which happens by itself.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (size() > before / 3 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LT(size(), before / 3) << "with arrivals still coming in: " << came;
  stop = true;
  sender.join();
  EXPECT_EQ(refused, 0);
  EXPECT_GT(before, 28u << 20);
  EXPECT_EQ(rows("events"), came);
  EXPECT_TRUE(check_sqlite(folder_.path()).ok());
}

TEST_F(Retention, OrdinarySweepsKeepSomeSpaceForWhatComes) {
  for (int i = 0; i < 100; ++i) stored(RunState::succeeded, kNoon + i, {}, 100'000);
  const Swept swept = sweep(kNow - 30 * kDay, 0, false);
  EXPECT_EQ(swept.events, 100u);
  EXPECT_GT(swept.freed_bytes, 5u << 20);
  EXPECT_GT(swept.database_bytes, swept.used_bytes);
}

TEST_F(Retention, ASweepEndsWithTheStore) {
  for (int i = 0; i < 50; ++i) stored(RunState::succeeded, kNoon + i, {}, 100'000);
  std::atomic<int> ended{0};
  for (int i = 0; i < 3; ++i) store_->sweep({kNow, kNow, 0, true}, [&](const auto&) { ++ended; });
  store_->close();
  EXPECT_EQ(ended, 3) << "done, or told that it will not be";
  store_->sweep({kNow, kNow, 0, true}, [&](const auto& swept) { ended += swept.ok() ? 0 : 1; });
  EXPECT_EQ(ended, 4);
}

}  // namespace waggle::store::testing
