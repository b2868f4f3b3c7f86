// Flows with `runs`, `per`, `limit` and `debounce`, from the request to the app at the other end.
#include <algorithm>

#include <gtest/gtest.h>
#include <waggle/json.hpp>

#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

std::string paced_flow(const Receiver& receiver, const std::string& pacing,
                       const std::string& retry = "{ tries: 2, first: 10ms, max: 10ms }") {
  return "waggle: 1\nwhen: { probe: { path: /in } }\nsubject: ${event.n}\n" + pacing +
         "\nsteps:\n  - probe.call: { url: \"" + receiver.url() +
         "\", body: \"${event}\" }\n    retry: " + retry + "\n";
}

/// The `n` of each delivered event of customer `who`, in order of delivery.
std::vector<std::int64_t> delivered(const Receiver& receiver, const std::string& who) {
  std::vector<std::int64_t> list;
  for (const auto& request : receiver.requests())
    if (const auto body = Json::parse(request.body); body.ok() && body->text("who") == who)
      list.push_back(body->at("n").as_int());
  return list;
}

std::string event_of(const std::string& who, int n) {
  return R"({"who":")" + who + R"(","n":)" + std::to_string(n) + "}";
}

TEST(OneAtATime, DeliversEachKeyInOrderAlsoAfterARestartInTheMiddle) {
  Receiver receiver;
  receiver.delay(std::chrono::milliseconds(15));
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "runs: one_at_a_time\nper: event.who"));
  waggle.start();
  constexpr int each = 12;
  for (int n = 0; n < each; ++n)
    for (const char* who : {"amy", "bob"}) ASSERT_EQ(waggle.post("/in", event_of(who, n)).status, 202);
  ASSERT_TRUE(eventually([&] { return receiver.count() >= 6; }));
  waggle.stop();
  EXPECT_LT(receiver.count(), 2u * each);
  waggle.start();
  ASSERT_TRUE(waggle.settled(2 * each, RunState::succeeded));
  for (const char* who : {"amy", "bob"}) {
    const auto order = delivered(receiver, who);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << ::testing::PrintToString(order);
    EXPECT_GE(order.size(), static_cast<std::size_t>(each));
  }
}

TEST(OneAtATime, HoldsThoseBehindAParkedRunUntilItIsRetried) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, ""), http::Reply::text(503, ""), http::Reply::text(200, "")});
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "runs: one_at_a_time"));
  waggle.start();
  for (int n = 0; n < 3; ++n) waggle.post("/in", event_of("x", n));
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::parked}).size() == 1; }));
  const auto held = waggle.runs({RunState::held});
  ASSERT_EQ(held.size(), 2u);
  EXPECT_NE(held[0].reason.find("parked"), std::string::npos) << held[0].reason;
  waggle.stop();
  waggle.start();
  EXPECT_EQ(waggle.runs({RunState::held}).size(), 2u);
  const std::string parked = waggle.runs({RunState::parked}).at(0).id;
  waggle.engine().retry_run(parked, [](Result<bool> queued) { EXPECT_TRUE(queued.ok() && *queued); });
  ASSERT_TRUE(waggle.settled(3, RunState::succeeded));
  EXPECT_EQ(delivered(receiver, "x"), (std::vector<std::int64_t>{0, 0, 0, 1, 2}));
}

TEST(OneAtATime, GoesOnWhenTheParkedRunIsDiscarded) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, ""), http::Reply::text(503, ""), http::Reply::text(200, "")});
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "runs: one_at_a_time"));
  waggle.start();
  for (int n = 0; n < 2; ++n) waggle.post("/in", event_of("x", n));
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::parked}).size() == 1; }));
  waggle.engine().discard_run(waggle.runs({RunState::parked})[0].id, "not needed any more",
                              [](Result<bool> gone) { EXPECT_TRUE(gone.ok() && *gone); });
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 1; }));
  EXPECT_EQ(waggle.runs({RunState::stopped}).at(0).reason, "not needed any more");
}

TEST(OneAtATime, WorksWithLittleMemory) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("waggle.yaml", "address: 127.0.0.1\nport: 0\nmax_runs_in_memory: 2\n");
  waggle.write("flows/in.yaml", paced_flow(receiver, "runs: one_at_a_time\nper: event.who"));
  waggle.start();
  constexpr int each = 10;
  for (int n = 0; n < each; ++n)
    for (const char* who : {"a", "b", "c"}) ASSERT_EQ(waggle.post("/in", event_of(who, n)).status, 202);
  ASSERT_TRUE(waggle.settled(3 * each, RunState::succeeded));
  for (const char* who : {"a", "b", "c"}) {
    const auto order = delivered(receiver, who);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << ::testing::PrintToString(order);
    EXPECT_EQ(order.size(), static_cast<std::size_t>(each));
  }
}

TEST(LatestOnly, RunsTheOneAtWorkAndTheNewest) {
  Receiver receiver;
  receiver.delay(std::chrono::milliseconds(150));
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "runs: latest_only\nper: event.who"));
  waggle.start();
  for (int n = 0; n < 5; ++n) waggle.post("/in", event_of("x", n));
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 2; }));
  EXPECT_EQ(delivered(receiver, "x"), (std::vector<std::int64_t>{0, 4}));
  const auto dropped = waggle.runs({RunState::stopped});
  ASSERT_EQ(dropped.size(), 3u);
  EXPECT_NE(dropped[0].reason.find("superseded by run"), std::string::npos) << dropped[0].reason;
}

TEST(Limit, StartsSoManyPerTimeAndTheRestLaterAlsoAfterARestart) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "limit: 3/min"));
  waggle.start();
  for (int n = 0; n < 8; ++n) ASSERT_EQ(waggle.post("/in", event_of("x", n)).status, 202);
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 3; }));
  EXPECT_EQ(waggle.runs({RunState::held}).size(), 5u);
  for (const std::size_t by_then : {6u, 8u}) {
    waggle.stop();
    EXPECT_LE(receiver.count(), by_then - 2);
    waggle.clock_offset_ms += 61'000;
    waggle.start();
    ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == by_then; }));
  }
  // Those of one minute run beside each other; none of a later minute before them.
  const auto order = delivered(receiver, "x");
  ASSERT_EQ(order.size(), 8u);
  for (std::size_t i = 0; i < order.size(); ++i)
    EXPECT_EQ(order[i] / 3, static_cast<std::int64_t>(i / 3)) << ::testing::PrintToString(order);
}

TEST(Limit, LetsRunsGoByItselfWhenItsTimeHasCome) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "limit: 1/200ms"));
  waggle.start();
  for (int n = 0; n < 4; ++n) waggle.post("/in", event_of("x", n));
  ASSERT_TRUE(waggle.settled(4, RunState::succeeded));
  EXPECT_EQ(delivered(receiver, "x"), (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST(Debounce, RunsTheLastEventOfAQuietPeriod) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", paced_flow(receiver, "debounce: 400ms\nper: event.who"));
  waggle.start();
  for (int n = 0; n < 4; ++n) waggle.post("/in", event_of("x", n));
  waggle.post("/in", event_of("y", 9));
  EXPECT_EQ(receiver.count(), 0u);
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded}).size() == 2; }));
  EXPECT_EQ(delivered(receiver, "x"), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(delivered(receiver, "y"), (std::vector<std::int64_t>{9}));
  EXPECT_EQ(waggle.runs({RunState::stopped}).size(), 3u);
}

}  // namespace
}  // namespace waggle::engine::test
