// What a restart finds and goes on with; what a broken connection holds back.
#include <gtest/gtest.h>

#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

TEST(Restart, RepeatsOnlyWhatHasNoRecordedOutcome) {
  Receiver first;
  Receiver second;
  second.answer_with({http::Reply::text(503, "")});
  Waggle waggle;
  waggle.write("flows/two.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n"
               "  - probe.call: { url: \"" +
                   first.url() +
                   "\", body: \"${event}\" }\n    as: one\n"
                   "  - probe.call: { url: \"" +
                   second.url() +
                   "\", body: \"${one.status}\" }\n"
                   "    retry: { tries: 100, first: 20ms, max: 50ms }\n");
  waggle.start();
  ASSERT_EQ(waggle.post("/in", R"({"id":1})").status, 202);
  ASSERT_TRUE(eventually([&] { return second.count() >= 2; }));
  waggle.stop();
  second.answer_with({http::Reply::text(200, "")});
  waggle.start();
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(first.count(), 1u);
  EXPECT_EQ(second.requests().back().body, "200");
  EXPECT_EQ(http::header(second.requests().front().headers, "x-idempotency-key"),
            http::header(second.requests().back().headers, "x-idempotency-key"));
}

TEST(Restart, KeepsTheVersionThatTheRunBeganWith) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, "")});
  const auto flow = [&](const std::string& word) {
    return "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { url: \"" + receiver.url() +
           "\", body: " + word + " }\n    retry: { tries: 100, first: 20ms, max: 50ms }\n";
  };
  Waggle waggle;
  waggle.write("flows/in.yaml", flow("old"));
  waggle.start();
  waggle.post("/in", "{}");
  ASSERT_TRUE(eventually([&] { return receiver.count() >= 1; }));
  waggle.stop();
  waggle.write("flows/in.yaml", flow("new"));
  receiver.answer_with({http::Reply::text(200, "")});
  waggle.start();
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(receiver.requests().back().body, "\"old\"");
  waggle.post("/in", "{}");
  ASSERT_TRUE(waggle.settled(2, RunState::succeeded));
  EXPECT_EQ(receiver.requests().back().body, "\"new\"");
}

TEST(LongWait, SleepsInTheStoreAndGoesOnWhenItIsDue) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - wait: 10m\n  - probe.call: { url: \"" +
                   receiver.url() + "\", body: late }\n");
  waggle.start();
  waggle.post("/in", "{}");
  ASSERT_TRUE(waggle.settled(1, RunState::waiting));
  ASSERT_TRUE(eventually([&] { return waggle.engine().world().active.size() == 0; }));
  waggle.stop();
  waggle.clock_offset_ms = 10 * 60'000;
  waggle.start();
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 1u);
}

/// A connection `shop` that the receiver answers for, and a flow that calls it with what is posted to /in.
void write_shop(const Waggle& waggle, const Receiver& receiver, const std::string& settings = "") {
  waggle.write("connections.yaml",
               "shop: { connector: probe, url: \"" + receiver.url() + "\"" + settings + " }\n");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { body: \"${event}\" }\n  "
               "  connection: shop\n");
}

TEST(BrokenConnection, ParksItsRunsUntilItIsMended) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(401, "who are you?")});
  Waggle waggle;
  write_shop(waggle, receiver);
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  waggle.post("/in", "2");
  ASSERT_TRUE(waggle.settled(2, RunState::parked));
  EXPECT_EQ(receiver.count(), 1u) << "the second run must not have called an app that is known to refuse";
  EXPECT_EQ(waggle.runs()[0].parked_for, "shop");

  waggle.stop();
  waggle.start();
  EXPECT_TRUE(waggle.engine().world().health.broken("shop")) << "a restart does not forget";
  receiver.answer_with({http::Reply::text(200, "")});
  waggle.engine().mend_connection("shop", [](Result<std::int64_t> queued) { EXPECT_EQ(*queued, 2); });
  ASSERT_TRUE(waggle.settled(2, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 3u);
}

TEST(BrokenConnection, ThatCannotBeStoredIsReportedAndItsRunIsParkedAllTheSame) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(401, "who are you?")});
  Waggle waggle;
  write_shop(waggle, receiver);
  waggle.start();
  waggle.stop();
  waggle.change_store(
      "CREATE TRIGGER refuse BEFORE INSERT ON broken_connections BEGIN SELECT RAISE(ABORT, 'not today'); "
      "END");
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  EXPECT_EQ(waggle.runs()[0].parked_for, "shop");
  EXPECT_TRUE(waggle.engine().world().health.broken("shop")) << "until a restart it is known";
  ASSERT_TRUE(eventually([&] {
    return waggle.errors().find("that the connection is broken could not be stored") != std::string::npos;
  })) << waggle.errors();
  EXPECT_NE(waggle.errors().find("not today"), std::string::npos) << waggle.errors();

  waggle.stop();
  waggle.change_store("DROP TRIGGER refuse");
  receiver.answer_with({http::Reply::text(200, "")});
  waggle.start();
  EXPECT_FALSE(waggle.engine().world().health.broken("shop")) << "what was not stored is not known any more";
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  waggle.engine().mend_connection("shop", [](Result<std::int64_t> queued) { EXPECT_EQ(*queued, 1); });
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
}

TEST(BrokenConnection, IsNotWhatAnOldTokenSays) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(401, "who are you?"), http::Reply::text(200, "")});
  receiver.delay(std::chrono::milliseconds(500));
  Waggle waggle;
  write_shop(waggle, receiver, ", token: the-old-one");
  waggle.start();
  waggle.post("/in", "1");
  ASSERT_TRUE(eventually([&] { return waggle.engine().world().calls_under_way == 1; }));
  write_shop(waggle, receiver, ", token: the-new-one");
  waggle.engine().reload();
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(waggle.run(waggle.runs()[0].id).attempts.size(), 2u);
  EXPECT_FALSE(waggle.engine().world().health.broken("shop"));
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(http::header(requests[0].headers, "x-token"), "the-old-one");
  EXPECT_EQ(http::header(requests[1].headers, "x-token"), "the-new-one");
}

TEST(BrokenConnection, ThatIsMendedWhileARunIsAboutToParkLetsItGoOn) {
  Receiver shop, slow;
  slow.delay(std::chrono::milliseconds(500));
  Waggle waggle;
  waggle.write("connections.yaml", "shop: { connector: probe, url: \"" + shop.url() + "\" }\n");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - together:\n"
               "      - probe.call: { url: \"" +
                   slow.url() + "\", body: 2 }\n      - probe.call: { body: 1 }\n        connection: shop\n");
  waggle.start();
  waggle.engine().world().health.break_connection("shop", "401");
  waggle.post("/in", "1");
  ASSERT_TRUE(eventually([&] { return slow.count() == 1; }));
  waggle.engine().mend_connection("shop", [](Result<std::int64_t> queued) { EXPECT_EQ(*queued, 0); });
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(shop.count(), 1u);
}

TEST(BlockingAndSleepingActions, Finish) {
  Waggle waggle;
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.block: { body: 1 }\n    as: b\n "
               " - probe.nap: {}\n"
               "  - filter: b.echo = 1\n");
  waggle.start();
  waggle.post("/in", "{}");
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
}

}  // namespace
}  // namespace waggle::engine::test
