// Apps that fail, answer slowly or not at all, and what the others notice of it.
#include <algorithm>
#include <thread>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/store/ids.hpp"
#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

std::string flow_to(const std::string& path, const std::string& url, const std::string& settings = {}) {
  return "waggle: 1\nwhen: { probe: { path: " + path + " } }\nsteps:\n  - probe.call: { url: \"" + url +
         "\", body: \"${event}\" }\n" + settings;
}

/// Flows dead0, dead1 ... whose app takes calls and does not answer, and one whose app is well.
void write_dead_and_well(Waggle& waggle, int how_many, const Receiver& dead, const Receiver& well) {
  for (int i = 0; i < how_many; ++i) {
    const std::string name = "dead" + std::to_string(i);
    waggle.write("flows/" + name + ".yaml", flow_to("/" + name, dead.url("/" + name)));
  }
  waggle.write("flows/well.yaml", flow_to("/well", well.url()));
}

TEST(FailingApp, IsLeftAloneAndItsCallsWaitWithoutUsingUpTries) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, "")});
  Waggle waggle;
  waggle.write("flows/in.yaml",
               flow_to("/in", receiver.url(), "    retry: { tries: 3, first: 1h, max: 1h }\n"));
  waggle.start();
  for (int i = 0; i < 10; ++i) waggle.post("/in", std::to_string(i));
  ASSERT_TRUE(eventually([&] { return receiver.count() == 10; }));
  ASSERT_TRUE(eventually([&] {
    const auto all = waggle.engine().world().destinations.all();
    return all.size() == 1 && all[0]->status().state == Breaker::State::open;
  }));
  for (int i = 0; i < 5; ++i) ASSERT_EQ(waggle.post("/in", "11").status, 202);
  ASSERT_TRUE(waggle.settled(15, RunState::waiting));
  EXPECT_EQ(receiver.count(), 10u);
  EXPECT_TRUE(eventually([&] { return waggle.engine().world().active.size() == 0; })) << "they leave memory";
  const auto waiting = waggle.run(waggle.runs()[0].id);
  EXPECT_NE(waiting.run.reason.find("10 failures in a row"), std::string::npos) << waiting.run.reason;
  EXPECT_EQ(waiting.effects.at(0).attempts, 0);
  EXPECT_TRUE(waiting.attempts.empty());
  EXPECT_GT(waiting.run.due_ms, waggle::now_ms() + 20'000);

  waggle.stop();
  receiver.answer_with({http::Reply::text(200, "")});
  waggle.clock_offset_ms = 2 * 60'000;
  waggle.start();
  EXPECT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 5; }))
      << "a restart does not forget those that waited";
}

TEST(SlowApp, TakesNoMoreCallsAtOnceThanItsConnectionSays) {
  Receiver receiver;
  receiver.delay(std::chrono::milliseconds(30));
  Waggle waggle;
  waggle.write("connections.yaml",
               "slow: { connector: probe, url: \"" + receiver.url() + "\", at_once: 1 }\n");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { body: \"${event}\" }\n"
               "    connection: slow\n");
  waggle.start();
  for (int i = 0; i < 10; ++i) waggle.post("/in", std::to_string(i));
  ASSERT_TRUE(waggle.settled(10, RunState::succeeded));
  for (const auto& run : waggle.runs()) {
    const auto detail = waggle.run(run.id);
    ASSERT_EQ(detail.attempts.size(), 1u);
    for (const auto& other : waggle.runs()) {
      if (other.id == run.id) continue;
      const auto beside = waggle.run(other.id).attempts.at(0);
      const auto& mine = detail.attempts[0];
      EXPECT_TRUE(mine.started_ms + mine.took_ms <= beside.started_ms + 1 ||
                  beside.started_ms + beside.took_ms <= mine.started_ms + 1)
          << "two calls at the same time";
    }
  }
}

TEST(SlowApp, TakesNoMoreCallsPerTimeThanItsConnectionSays) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("connections.yaml",
               "slow: { connector: probe, url: \"" + receiver.url() + "\", limit: 4/300ms }\n");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { body: \"${event}\" }\n"
               "    connection: slow\n");
  waggle.start();
  for (int i = 0; i < 12; ++i) waggle.post("/in", std::to_string(i));
  ASSERT_TRUE(waggle.settled(12, RunState::succeeded));
  std::vector<std::int64_t> starts;
  for (const auto& run : waggle.runs()) starts.push_back(waggle.run(run.id).attempts.at(0).started_ms);
  std::sort(starts.begin(), starts.end());
  for (std::size_t i = 4; i < starts.size(); ++i)
    EXPECT_GE(starts[i] - starts[i - 4], 295) << "the wall clock and the monotonic one may differ by some ms";
}

TEST(SlowApp, WithCallsInItsLineDoesNotDisturbAStop) {
  Receiver receiver;
  receiver.delay(std::chrono::seconds(60));
  Waggle waggle;
  waggle.write("waggle.yaml", "address: 127.0.0.1\nport: 0\nshutdown_deadline: 0s\n");
  waggle.write("connections.yaml",
               "slow: { connector: probe, url: \"" + receiver.url() + "\", at_once: 1 }\n");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { body: \"${event}\" }\n"
               "    connection: slow\n");
  waggle.start();
  for (int i = 0; i < 5; ++i) waggle.post("/in", std::to_string(i));
  ASSERT_TRUE(eventually([&] {
    const auto status = waggle.engine().world().destinations.of("slow")->status();
    return status.at_work == 1 && status.in_line == 4;
  }));
  waggle.stop();
  EXPECT_EQ(waggle.runs({RunState::queued}).size(), 5u) << "the next start goes on with them";
}

TEST(DeadApps, DoNotFillTheMemoryThatOthersNeed) {
  Receiver dead, well;
  dead.delay(std::chrono::seconds(60));
  Waggle waggle;
  waggle.write("waggle.yaml", "address: 127.0.0.1\nport: 0\nmax_runs_in_memory: 64\nshutdown_deadline: 0s\n");
  write_dead_and_well(waggle, 10, dead, well);
  waggle.start();
  for (int round = 0; round < 20; ++round)
    for (int i = 0; i < 10; ++i) ASSERT_EQ(waggle.post("/dead" + std::to_string(i), "{}").status, 202);
  for (int i = 0; i < 30; ++i) ASSERT_EQ(waggle.post("/well", "{}").status, 202);
  EXPECT_TRUE(eventually([&] { return well.count() == 30; }));
  EXPECT_LT(waggle.engine().world().active.size(), 64u);
}

/// Four of them, with events of which two dozen fill the memory.
TEST(DeadApps, DoNotFillTheMemoryWithLongEventsEither) {
  Receiver dead, well;
  dead.delay(std::chrono::seconds(60));
  Waggle waggle;
  waggle.write("waggle.yaml", "address: 127.0.0.1\nport: 0\nrun_memory: 1MiB\nshutdown_deadline: 0s\n");
  const std::string event = "{\"filling\":\"" + std::string(20'000, 'x') + "\"}";
  write_dead_and_well(waggle, 4, dead, well);
  waggle.start();
  for (int round = 0; round < 10; ++round)
    for (int i = 0; i < 4; ++i) ASSERT_EQ(waggle.post("/dead" + std::to_string(i), event).status, 202);
  for (int i = 0; i < 30; ++i) ASSERT_EQ(waggle.post("/well", event).status, 202);
  EXPECT_TRUE(eventually([&] { return well.count() == 30; }));
}

TEST(GoneAddress, ParksTheRunInsteadOfFailingIt) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(410, "gone")});
  Waggle waggle;
  waggle.write("connections.yaml", "hook: { connector: probe, url: \"" + receiver.url() + "\" }\n");
  waggle.write("flows/in.yaml", flow_to("/in", receiver.url()));
  waggle.write("flows/by.yaml",
               "waggle: 1\nwhen: { probe: { path: /by } }\nsteps:\n  - probe.call: { body: \"${event}\" }\n"
               "    connection: hook\n");
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  EXPECT_EQ(receiver.count(), 1u);
  EXPECT_EQ(waggle.runs()[0].parked_for, "");
  waggle.post("/by", "1");
  ASSERT_TRUE(waggle.settled(2, RunState::parked));
  waggle.post("/by", "2");
  ASSERT_TRUE(waggle.settled(3, RunState::parked));
  EXPECT_EQ(receiver.count(), 2u) << "a connection that is gone is not called again";
  EXPECT_EQ(waggle.runs()[0].parked_for, "hook");
}

TEST(ClockSetBack, DoesNotStretchAPauseBetweenTries) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, ""), http::Reply::text(200, "")});
  Waggle waggle;
  waggle.write("flows/in.yaml",
               flow_to("/in", receiver.url(), "    retry: { tries: 3, first: 1s, max: 1s }\n"));
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(eventually([&] { return receiver.count() == 1; }));
  waggle.clock_jump_ms = -3'600'000;
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
}

/// Its turn in line comes when it is to be parked, and something else of it is still under way: the turn is
/// the next one's.
TEST(Line, IsNotHeldUpByARunThatWillNotCall) {
  Receiver one, shop, slow;
  one.delay(std::chrono::milliseconds(500));
  shop.answer_with({http::Reply::text(401, "who are you?")});
  slow.delay(std::chrono::seconds(60));
  Waggle waggle;
  waggle.write("waggle.yaml", "shutdown_deadline: 0s\n");
  waggle.write("connections.yaml", "one: { connector: probe, at_once: 1, url: \"" + one.url() +
                                       "\" }\nshop: { connector: probe, url: \"" + shop.url() + "\" }\n");
  waggle.write("flows/one.yaml",
               "waggle: 1\nwhen: { probe: { path: /one } }\nsteps:\n  - probe.call: { body: 1 }\n"
               "    connection: one\n");
  waggle.write(
      "flows/in.yaml",
      "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - together:\n      - probe.call: { url: \"" +
          slow.url() +
          "\", body: 1 }\n      - probe.call: { body: 1 }\n        connection: one\n"
          "      - probe.call: { body: 1 }\n        connection: shop\n");
  waggle.start();
  waggle.post("/one", "1");
  ASSERT_TRUE(eventually([&] { return one.count() == 1; }));
  waggle.post("/in", "1");
  ASSERT_TRUE(eventually([&] { return slow.count() == 1 && shop.count() == 1; }));
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 1; }));
  waggle.post("/one", "2");
  EXPECT_TRUE(eventually([&] { return one.count() == 2; }));
  EXPECT_EQ(waggle.runs({RunState::queued}).size(), 2u) << "the run that is to be parked is not yet";
}

/// Something else of the run ends while it pauses, and it is looked at whether the run may sleep; where
/// memory is short, it may.
class ClockSetBackInAPause : public ::testing::TestWithParam<const char*> {};

TEST_P(ClockSetBackInAPause, DoesNotStretchIt) {
  Receiver receiver, other;
  for (Receiver* app : {&receiver, &other})
    app->answer_with({http::Reply::text(503, ""), http::Reply::text(200, "")});
  other.delay(std::chrono::milliseconds(500));
  Waggle waggle;
  waggle.write("waggle.yaml", GetParam());
  const auto call = [](const Receiver& app) {
    return "      - probe.call: { url: \"" + app.url() + "\", body: 1 }\n        retry: { first: 3s }\n";
  };
  waggle.write("flows/in.yaml", "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - together:\n" +
                                    call(receiver) + call(other));
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(eventually([&] { return receiver.count() == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // it pauses
  waggle.clock_jump_ms = -3'600'000;
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
}

INSTANTIATE_TEST_SUITE_P(Memory, ClockSetBackInAPause,
                         ::testing::Values("max_runs_in_memory: 100\n", "max_runs_in_memory: 1\n"));

TEST(ClockSetBack, KeepsNobodyBusy) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - wait: 10m\n  - log: hello\n");
  waggle.write("flows/quiet.yaml",
               "waggle: 1\nwhen: { probe: { path: /quiet } }\ndebounce: 300ms\nsteps:\n  - log: hello\n");
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(waggle.settled(1, RunState::waiting));
  waggle.post("/quiet", "1");
  for (const std::int64_t jump : {-3'600'000LL, -315'360'000'000LL, 0LL}) {
    waggle.clock_jump_ms = jump;
    const auto before = waggle.engine().world().store.stats().commits;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    EXPECT_LT(waggle.engine().world().store.stats().commits - before, 10u) << jump;
  }
  EXPECT_EQ(waggle.runs({RunState::waiting}).size(), 1u) << "ten minutes have not passed";
  EXPECT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 1; }));
}

TEST(ClockSetForward, LetsSleepersGoOnce) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - wait: 10m\n  - probe.call: { url: \"" +
                   receiver.url() + "\", body: late }\n");
  waggle.start();
  waggle.post("/in", "{}");
  ASSERT_TRUE(waggle.settled(1, RunState::waiting));
  waggle.clock_jump_ms = 315'360'000'000LL;  // ten years
  waggle.stop();
  waggle.start();
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  waggle.clock_jump_ms = 0;
  waggle.stop();
  waggle.start();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(receiver.count(), 1u);
}

}  // namespace
}  // namespace waggle::engine::test
