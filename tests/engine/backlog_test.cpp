// Rows that wait: taken up by pages of ids, woken in time, and at no cost for those that are in memory
// already.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <thread>

#include "core/clock.hpp"
#include "core/store/ids.hpp"
#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

std::string flow_that_calls(const std::string& path, const std::string& url, const std::string& before = {},
                            const std::string& retry = "{ tries: 1 }") {
  return "waggle: 1\nwhen: { probe: { path: " + path + " } }\nsteps:\n" + before +
         "  - probe.call: { url: \"" + url + "\", body: \"${event}\" }\n    retry: " + retry + "\n";
}

TEST(Backlog, TakesUpMoreRunsThanFitInMemoryAfterARestart) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 7\nshutdown_deadline: 0s\n");
  waggle.write("flows/in.yaml", flow_that_calls("/in", receiver.url()));
  receiver.delay(std::chrono::milliseconds(20));
  waggle.start();
  for (int i = 0; i < 60; ++i)
    ASSERT_EQ(waggle.post("/in", "{\"id\":" + std::to_string(i) + "}").status, 202);
  waggle.stop();
  waggle.start();
  EXPECT_TRUE(waggle.settled(60, RunState::succeeded));
  EXPECT_TRUE(eventually([&] { return waggle.engine().world().active.size() == 0; }));
}

/// Sixty runs that hold half a mebibyte each, for an app that takes its time: two or three fit, by the
/// accounts.
TEST(Backlog, KeepsNoMoreInMemoryThanItMayHold) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("waggle.yaml", "run_memory: 1 MiB\n");
  waggle.write("flows/in.yaml", flow_that_calls("/in", receiver.url()));
  receiver.delay(std::chrono::milliseconds(20));
  waggle.start();
  const std::string filling(200'000, 'x');
  std::size_t most = 0;
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(
        waggle.post("/in", R"({"id":)" + std::to_string(i) + R"(,"filling":")" + filling + "\"}").status,
        202);
    most = std::max(most, waggle.engine().world().active.size());
  }
  EXPECT_TRUE(eventually([&] {
    most = std::max(most, waggle.engine().world().active.size());
    return receiver.count() == 60;
  }));
  EXPECT_TRUE(waggle.settled(60, RunState::succeeded));
  EXPECT_GE(most, 2u);
  EXPECT_LE(most, 5u);
  EXPECT_TRUE(eventually([&] { return waggle.engine().world().active.size() == 0; }));
}

/// From the commit on, the rows of new runs can be seen, and a loop may be long in hearing of the commit:
/// whoever reads rows meanwhile must not run what the loop then runs again.
TEST(Backlog, RunsNothingThatABusyLoopIsAboutToRun) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("waggle.yaml", "loops: 2\n");
  waggle.write("flows/by_hand.yaml", "waggle: 1\nwhen: manual\nsteps:\n  - probe.call: { url: \"" +
                                         receiver.url() + "\", body: hello }\n");
  waggle.start();
  World& world = waggle.engine().world();
  ASSERT_TRUE(eventually([&] { return world.take_directly.load(); }));
  constexpr std::size_t how_many = 4;  // the backlog deals what it takes to the loops in turn
  world.loops.at(0).post([&] {
    for (std::size_t i = 0; i < how_many; ++i)
      waggle.engine().start_flow(0, "by_hand", "{}", [](const http::Reply&) {});
    EXPECT_TRUE(eventually([&] { return waggle.runs().size() == how_many; }));
    world.kick_backlog();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  ASSERT_TRUE(eventually([&] { return receiver.count() >= how_many; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(receiver.count(), how_many);
}

/// The same at a run's other end: its parking is on disk, its loop has not heard of that yet, and somebody
/// retries it.
TEST(Backlog, GoesOnWithARunThatIsRetriedBeforeItsLoopLetsGoOfIt) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(410, "gone"), http::Reply::text(200, "")});
  Waggle waggle;
  waggle.write("waggle.yaml", "loops: 1\n");
  waggle.write("flows/in.yaml", flow_that_calls("/in", receiver.url()));
  waggle.start();
  World& world = waggle.engine().world();
  ASSERT_EQ(waggle.post("/in", "{}").status, 202);
  std::atomic<bool> dozes = true;
  const std::function<void()> doze = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (dozes) world.loops.at(0).post(doze);
  };
  world.loops.at(0).post(doze);
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  std::promise<bool> queued;
  waggle.engine().retry_run(waggle.runs()[0].id,
                            [&](Result<bool> done) { queued.set_value(done.ok() && *done); });
  EXPECT_TRUE(queued.get_future().get());
  dozes = false;
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 2u);
}

TEST(Backlog, WakesRunsInTheOrderOfTheirTimesWhenMemoryIsShort) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 3\n");
  waggle.write("flows/in.yaml", flow_that_calls("/in", receiver.url(), "  - wait: 10m\n"));
  waggle.start();
  for (int i = 0; i < 20; ++i)
    ASSERT_EQ(waggle.post("/in", "{\"id\":" + std::to_string(i) + "}").status, 202);
  ASSERT_TRUE(waggle.settled(20, RunState::waiting));
  EXPECT_EQ(receiver.count(), 0u);
  waggle.stop();
  waggle.clock_offset_ms = 11 * 60'000;
  waggle.start();
  EXPECT_TRUE(waggle.settled(20, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 20u);
}

/// Ten of each kind, and room for three: neither kind need see all of the other pass.
TEST(Backlog, TakesNewRunsAndThoseThatComeBackByTurns) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 3\nshutdown_deadline: 0s\n");
  waggle.write("flows/late.yaml", flow_that_calls("/late", receiver.url("/late"), "  - wait: 10m\n"));
  waggle.write("flows/new.yaml", flow_that_calls("/new", receiver.url("/new")));
  waggle.start();
  for (int i = 0; i < 10; ++i) ASSERT_EQ(waggle.post("/late", "{}").status, 202);
  ASSERT_TRUE(waggle.settled(10, RunState::waiting));
  receiver.delay(std::chrono::seconds(60));
  for (int i = 0; i < 10; ++i) ASSERT_EQ(waggle.post("/new", "{}").status, 202);
  ASSERT_TRUE(eventually([&] { return receiver.count() == 3; }));
  waggle.stop();  // three calls are cut off
  receiver.delay(std::chrono::milliseconds(20));
  waggle.clock_offset_ms = 11 * 60'000;
  waggle.start();
  ASSERT_TRUE(waggle.settled(20, RunState::succeeded));
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 23u);
  std::map<std::string, int> among_the_first;
  for (auto request = requests.begin() + 3; request != requests.begin() + 12; ++request)
    ++among_the_first[request->path];
  EXPECT_GE(among_the_first["/late"], 2);
  EXPECT_GE(among_the_first["/new"], 2);
}

/// Eight places in memory, and eight runs that pause before their next try.
TEST(Backlog, RunsThatPauseLeaveRoomForTheOthers) {
  Receiver failing, well;
  failing.answer_with({http::Reply::text(503, "not now")});
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 8\n");
  waggle.write("flows/failing.yaml",
               flow_that_calls("/failing", failing.url(), {}, "{ first: 25s, max: 25s }"));
  waggle.write("flows/well.yaml", flow_that_calls("/well", well.url()));
  waggle.start();
  for (int i = 0; i < 8; ++i) ASSERT_EQ(waggle.post("/failing", "{}").status, 202);
  ASSERT_TRUE(eventually([&] { return failing.count() == 8; }));
  ASSERT_EQ(waggle.post("/well", "{}").status, 202);
  EXPECT_TRUE(eventually([&] { return well.count() == 1; }));
  EXPECT_EQ(failing.count(), 8u) << "it waited for their pauses to end";
}

/// While a run's going to sleep is being written, for longer than one of its pauses lasts, that pause ends:
/// its call begins after the run is back, and not beside it.
TEST(Backlog, ARunThatIsOnItsWayToSleepBeginsNothing) {
  Receiver quick, slow;
  quick.answer_with({http::Reply::text(503, ""), http::Reply::text(200, "")});
  slow.answer_with({http::Reply::text(503, ""), http::Reply::text(200, "")});
  slow.delay(std::chrono::milliseconds(1000));
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 1\n");  // any pause that is no nap leaves memory
  const auto call = [](const Receiver& receiver, const std::string& first) {
    return "      - probe.call: { url: \"" + receiver.url() +
           "\", body: 1 }\n        retry: { first: " + first + " }\n";
  };
  waggle.write("flows/in.yaml", "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - together:\n" +
                                    call(quick, "3s") + call(slow, "3s"));
  waggle.start();
  ASSERT_EQ(waggle.post("/in", "{}").status, 202);
  ASSERT_TRUE(eventually([&] { return quick.count() == 1 && slow.count() == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the first one's failure is on record
  ASSERT_EQ(waggle.runs().at(0).state, RunState::queued);
  waggle.hold_store(std::chrono::milliseconds(4000));
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(quick.count(), 2u);
  EXPECT_EQ(slow.count(), 2u);
}

/// The store does not take that the run sleeps: when its pause is over meanwhile, it goes on.
TEST(Backlog, ARunThatCannotGoToSleepGoesOnWhenItsPauseIsOver) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, ""), http::Reply::text(200, "")});
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 1\n");
  waggle.write("flows/in.yaml", flow_that_calls("/in", receiver.url(), {}, "{ first: 2s }"));
  waggle.start();
  waggle.stop();
  waggle.change_store(
      "CREATE TRIGGER sleepless BEFORE UPDATE ON runs WHEN new.state = 'waiting' "
      "BEGIN SELECT raise(ABORT, 'not today'); END");
  waggle.start();
  ASSERT_EQ(waggle.post("/in", "{}").status, 202);
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 2u);
  EXPECT_NE(waggle.errors().find("not today"), std::string::npos);
}

TEST(Backlog, ARunWhoseVersionIsGoneIsParkedWithTheReason) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", flow_that_calls("/in", receiver.url()));
  waggle.start();
  waggle.stop();
  {
    store::StoreOptions options;
    options.data_dir = waggle.dir() + "/data";
    auto store = store::open_sqlite(options);
    ASSERT_TRUE(store.ok()) << store.error().message;
    store::Arrival arrival;
    arrival.event.id = store::new_id(waggle::now_ms());
    arrival.event.source = "path:/in";
    arrival.event.body = "{}";
    arrival.event.received_ms = waggle::now_ms();
    store::Run run;
    run.id = store::new_id(waggle::now_ms());
    run.event_id = arrival.event.id;
    run.flow = "in";
    run.version = "a-version-that-nobody-has";
    arrival.runs.push_back({run, {}, {}, 0});
    (*store)->arrive({arrival}, [](const auto& stored) { EXPECT_TRUE(stored.ok()); });
    (*store)->close();
  }
  waggle.start();
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  EXPECT_NE(waggle.run(waggle.runs()[0].id).run.error->message.find("no version"), std::string::npos);
}

}  // namespace
}  // namespace waggle::engine::test
