// Calls that were under way when the process ended: repeated with the same key and shown, or parked.
#include <gtest/gtest.h>

#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

class Unknown : public ::testing::Test {
 protected:
  void SetUp() override {
    waggle_.write("waggle.yaml", "address: 127.0.0.1\nport: 0\nshutdown_deadline: 0s\n");
  }
  void write_flow(const std::string& action, const std::string& settings = {},
                  const std::string& before = {}) {
    waggle_.write("flows/in.yaml", "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n" + before +
                                       "  - probe." + action + ": { url: \"" + receiver_.url() +
                                       "\", body: \"${event}\" }\n    retry: none\n" + settings);
  }
  /// The app has a request and does not answer; then the process dies. `meanwhile`: SQL for its store.
  void crash_during_the_call(const std::string& meanwhile = "SELECT 1") {
    receiver_.delay(std::chrono::seconds(5));
    waggle_.start();
    ASSERT_EQ(waggle_.post("/in", "1").status, 202);
    ASSERT_TRUE(eventually([&] { return receiver_.count() == 1; }));
    crash(meanwhile);
  }
  void crash(const std::string& meanwhile = "SELECT 1") {
    waggle_.crash_now();
    receiver_.delay(std::chrono::milliseconds(0));
    waggle_.stop();
    waggle_.change_store(meanwhile);
    waggle_.start();
  }
  std::string code_of_try(std::size_t index) {
    const auto detail = waggle_.run(waggle_.runs()[0].id);
    if (index >= detail.attempts.size()) return "(none)";
    return detail.attempts[index].error ? detail.attempts[index].error->code : "";
  }

  Receiver receiver_;
  Waggle waggle_;
};

TEST_F(Unknown, IsRepeatedWithTheSameKeyAndShown) {
  write_flow("call");
  crash_during_the_call();
  ASSERT_TRUE(waggle_.settled(1, RunState::succeeded));
  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(http::header(requests[0].headers, "x-idempotency-key"),
            http::header(requests[1].headers, "x-idempotency-key"));
  EXPECT_EQ(http::header(requests[1].headers, "x-attempt"), "2");
  EXPECT_EQ(code_of_try(0), "unknown_outcome");
  EXPECT_EQ(code_of_try(1), "");
  EXPECT_EQ(waggle_.run(waggle_.runs()[0].id).effects.at(0).attempts, 2);
}

/// A run that had left memory to pause, came back and called: its row says that it waits.
TEST_F(Unknown, OfARunThatCameBackIsShownToo) {
  waggle_.write("waggle.yaml", "max_runs_in_memory: 1\nshutdown_deadline: 0s\n");
  waggle_.write("flows/in.yaml",
                "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { url: \"" +
                    receiver_.url() + "\", body: 1 }\n    retry: { first: 1500ms }\n");
  receiver_.answer_with({http::Reply::text(503, ""), http::Reply::text(200, "")});
  waggle_.start();
  ASSERT_EQ(waggle_.post("/in", "1").status, 202);
  ASSERT_TRUE(waggle_.settled(1, RunState::waiting));
  receiver_.delay(std::chrono::seconds(5));
  ASSERT_TRUE(eventually([&] { return receiver_.count() == 2; }));
  crash();
  ASSERT_TRUE(waggle_.settled(1, RunState::succeeded));
  EXPECT_EQ(code_of_try(1), "unknown_outcome");
  EXPECT_EQ(code_of_try(2), "");
}

/// Between the crash and the repeat the connection broke, and the run was parked.
TEST_F(Unknown, IsStillShownWhenTheRunWasParkedMeanwhile) {
  waggle_.write("connections.yaml", "shop: { connector: probe, url: \"" + receiver_.url() + "\" }\n");
  waggle_.write("flows/in.yaml",
                "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { body: 1 }\n"
                "    connection: shop\n");
  crash_during_the_call("INSERT INTO broken_connections VALUES ('shop', '401', 1)");
  ASSERT_TRUE(waggle_.settled(1, RunState::parked));
  waggle_.engine().mend_connection("shop", [](Result<std::int64_t> queued) { EXPECT_EQ(*queued, 1); });
  ASSERT_TRUE(waggle_.settled(1, RunState::succeeded));
  EXPECT_EQ(code_of_try(0), "unknown_outcome");
  EXPECT_EQ(code_of_try(1), "");
}

TEST_F(Unknown, OfAnActionThatUnderstandsTheKeyIsNoDoubt) {
  write_flow("keyed", "    if_unknown: park\n");  // a warning: there is nothing to park for
  crash_during_the_call();
  ASSERT_TRUE(waggle_.settled(1, RunState::succeeded));
  EXPECT_EQ(code_of_try(0), "unknown_but_harmless");
}

TEST_F(Unknown, IsParkedWhenTheStepSaysSoAndGoesOnByHand) {
  write_flow("call", "    if_unknown: park\n");
  crash_during_the_call();
  ASSERT_TRUE(waggle_.settled(1, RunState::parked));
  EXPECT_EQ(receiver_.count(), 1u);
  EXPECT_NE(waggle_.runs()[0].error->message.find("look whether it was done"), std::string::npos);
  waggle_.engine().retry_run(waggle_.runs()[0].id, [](Result<bool> queued) { EXPECT_TRUE(*queued); });
  ASSERT_TRUE(waggle_.settled(1, RunState::succeeded));
  EXPECT_EQ(receiver_.count(), 2u);
  EXPECT_EQ(code_of_try(0), "unknown_outcome");
}

TEST_F(Unknown, DoesNotParkACallThatHadNotBegun) {
  write_flow("call", "    if_unknown: park\n", "  - wait: 1s\n");
  waggle_.start();
  ASSERT_EQ(waggle_.post("/in", "1").status, 202);
  ASSERT_TRUE(eventually([&] { return !waggle_.run(waggle_.runs().at(0).id).effects.empty(); }));
  waggle_.crash_now();
  waggle_.stop();
  waggle_.start();
  ASSERT_TRUE(waggle_.settled(1, RunState::succeeded));
  EXPECT_EQ(code_of_try(0), "");
}

TEST_F(Unknown, IsNothingAfterAnOrderlyStopButWhatWasCutOff) {
  write_flow("call");
  waggle_.write("flows/later.yaml",
                "waggle: 1\nwhen: { probe: { path: /later } }\nsteps:\n  - wait: 1s\n"
                "  - probe.call: { url: \"" +
                    receiver_.url() + "\", body: later }\n");
  receiver_.delay(std::chrono::seconds(5));
  waggle_.start();
  ASSERT_EQ(waggle_.post("/in", "1").status, 202);
  ASSERT_EQ(waggle_.post("/later", "1").status, 202);
  ASSERT_TRUE(eventually([&] { return receiver_.count() == 1; }));
  receiver_.delay(std::chrono::milliseconds(0));
  waggle_.stop();
  waggle_.start();
  ASSERT_TRUE(waggle_.settled(2, RunState::succeeded));
  for (const store::Run& run : waggle_.runs()) {
    const auto detail = waggle_.run(run.id);
    EXPECT_EQ(detail.attempts.size(), run.flow == "in" ? 2u : 1u) << run.flow;
    EXPECT_EQ(detail.attempts[0].error.has_value(), run.flow == "in");
  }
}

TEST(Shutdown, InTheMiddleOfManyCallsRepeatsNoneAndLosesNone) {
  Receiver receiver;
  receiver.delay(std::chrono::milliseconds(40));
  Waggle waggle;
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { url: \"" +
                   receiver.url() + "\", body: \"${event}\" }\n  - probe.call: { url: \"" + receiver.url() +
                   "\", body: \"${event}\" }\n");
  constexpr std::size_t many = 60;
  std::size_t sent = 0;
  while (sent < many) {
    waggle.start();
    for (int i = 0; i < 20; ++i, ++sent) ASSERT_EQ(waggle.post("/in", std::to_string(sent)).status, 202);
    waggle.stop();
  }
  waggle.start();
  ASSERT_TRUE(waggle.settled(many, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 2 * many) << "a call whose outcome came in time was made again";
}

}  // namespace
}  // namespace waggle::engine::test
