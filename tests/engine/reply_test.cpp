// What the sender of a webhook hears, and how a changed folder comes into force.
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <waggle/json.hpp>

#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

TEST(ReplyAfterRun, IsTheFlowsAnswer) {
  Waggle waggle;
  waggle.write("flows/ask.yaml",
               "waggle: 1\nwhen: { probe: { path: /ask, reply: after_run } }\nsteps:\n"
               "  - map: { price: \"${event.n * 2}\" }\n    as: out\n"
               "  - reply: { status: 201, headers: { x-shop: mine }, body: \"${out}\" }\n");
  waggle.start();
  const auto answer = waggle.post("/ask", R"({"n":21})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"price":42})");
  EXPECT_EQ(http::header(answer.headers, "x-shop"), "mine");
  EXPECT_EQ(http::header(answer.headers, "content-type"), "application/json");
}

/// A run that pauses leaves memory when that is short, but not while its sender waits.
TEST(ReplyAfterRun, ComesAfterAPauseHoweverShortMemoryIs) {
  Waggle waggle;
  waggle.write("waggle.yaml", "max_runs_in_memory: 1\n");
  waggle.write("flows/ask.yaml",
               "waggle: 1\nwhen: { probe: { path: /ask, reply: after_run } }\nsteps:\n"
               "  - wait: 1200ms\n  - reply: { status: 201, body: done }\n");
  waggle.start();
  ASSERT_TRUE(eventually([&] { return waggle.engine().world().take_directly.load(); }));
  EXPECT_EQ(waggle.post("/ask", "{}").status, 201);
}

TEST(ReplyAfterRun, WithoutAReplyStepSaysHowTheRunEnded) {
  Waggle waggle;
  waggle.write("flows/ask.yaml",
               "waggle: 1\nwhen: { probe: { path: /ask, reply: after_run } }\nsteps:\n  - filter: event.ok\n "
               " - fail: it is wrong\n");
  waggle.start();
  const auto filtered = waggle.post("/ask", R"({"ok":false})");
  EXPECT_EQ(filtered.status, 200);
  EXPECT_EQ(Json::parse(filtered.body)->text("state"), "filtered");
  const auto failed = waggle.post("/ask", R"({"ok":true})");
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(Json::parse(failed.body)->text("error"), "it is wrong");
}

TEST(ReplyAfterRun, OfARepeatIsWhatTheFirstOneHeard) {
  Waggle waggle;
  waggle.write("flows/ask.yaml",
               "waggle: 1\nwhen: { probe: { path: /ask, reply: after_run } }\nsteps:\n"
               "  - reply: { status: 201, headers: { x-shop: mine }, body: \"n was ${event.n}\" }\n");
  waggle.write("flows/fail.yaml",
               "waggle: 1\nwhen: { probe: { path: /fail, reply: after_run } }\nsteps:\n"
               "  - fail: it is wrong\n");
  waggle.start();
  const auto same = [](const http::OutboundResponse& one, const http::OutboundResponse& two) {
    EXPECT_EQ(two.status, one.status);
    EXPECT_EQ(two.body, one.body);
    for (const char* name : {"content-type", "x-shop"})
      EXPECT_EQ(http::header(two.headers, name), http::header(one.headers, name)) << name;
  };
  const auto first = waggle.post("/ask", R"({"n":1})", {{"x-key", "a"}});
  EXPECT_EQ(first.body, "n was 1");
  const auto failed = waggle.post("/fail", "{}", {{"x-key", "b"}});
  EXPECT_EQ(failed.status, 500);
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::succeeded, RunState::failed}).size() == 2; }));
  same(first, waggle.post("/ask", R"({"n":1})", {{"x-key", "a"}}));
  same(failed, waggle.post("/fail", "{}", {{"x-key", "b"}}));
  waggle.stop();
  waggle.start();
  same(first, waggle.post("/ask", R"({"n":1})", {{"x-key", "a"}}));
  EXPECT_EQ(waggle.runs().size(), 2u);
}

TEST(ReplyAfterRun, IsOnRecordWhenItIsHeardAndStaysThereWhateverIsWrittenBeside) {
  Waggle waggle;
  waggle.write("flows/ask.yaml",
               "waggle: 1\nwhen: { probe: { path: /ask, reply: after_run } }\nsteps:\n  - together:\n"
               "      - probe.nap: {}\n"
               "      - - probe.nap: {}\n        - reply: { status: 201, body: early }\n"
               "  - wait: 10m\n");
  waggle.start();
  for (int i = 0; i < 5; ++i) {
    const auto answer = waggle.post("/ask", "{}");
    EXPECT_EQ(answer.status, 201);
    const auto run = waggle.run(waggle.runs()[0].id);  // the newest
    EXPECT_NE(run.run.reply.find("early"), std::string::npos);
  }
  ASSERT_TRUE(waggle.settled(5, RunState::waiting));
  for (const auto& run : waggle.runs())
    EXPECT_NE(waggle.run(run.id).run.reply.find("early"), std::string::npos);
}

TEST(ReplyAfterRun, OfARepeatBeforeTheFirstIsOverSaysThatTheRunGoesOn) {
  Receiver receiver;
  receiver.delay(std::chrono::milliseconds(1'500));
  Waggle waggle;
  waggle.write(
      "flows/ask.yaml",
      "waggle: 1\nwhen: { probe: { path: /ask, reply: after_run } }\nsteps:\n  - probe.call: { url: \"" +
          receiver.url() + "\", body: 1 }\n  - reply: { status: 201 }\n");
  waggle.start();
  http::OutboundResponse first;
  std::thread sender([&] { first = waggle.post("/ask", "{}", {{"x-key", "a"}}); });
  ASSERT_TRUE(eventually([&] { return !waggle.runs().empty(); }));
  const auto repeat = waggle.post("/ask", "{}", {{"x-key", "a"}});
  EXPECT_EQ(repeat.status, 202);
  EXPECT_EQ(Json::parse(repeat.body)->at("error").text("code"), "still_running");
  sender.join();
  EXPECT_EQ(first.status, 201) << first.body;
}

TEST(Reload, KeepsMaskingTheSecretsOfRunsThatGoOn) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(200, "your token is rotated-away-1")});
  receiver.delay(std::chrono::milliseconds(1'000));
  Waggle waggle;
  const auto account = [&](const std::string& token) {
    waggle.write("connections.yaml",
                 "shop: { connector: probe, url: \"" + receiver.url() + "\", token: " + token + " }\n");
  };
  account("rotated-away-1");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { body: 1 }\n    "
               "connection: shop\n");
  waggle.start();
  waggle.post("/in", "{}");
  ASSERT_TRUE(eventually([&] { return waggle.engine().world().calls_under_way == 1; }));
  for (const char* token : {"rotated-in-2", "rotated-in-3", "rotated-in-4"}) {
    account(token);
    waggle.engine().reload();
  }
  EXPECT_EQ(waggle.engine().world().mask("rotated-away-1"), "***") << "the run under way still uses it";
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  const auto attempts = waggle.run(waggle.runs()[0].id).attempts;
  ASSERT_EQ(attempts.size(), 1u);
  EXPECT_NE(attempts[0].exchanges.find("your token is ***"), std::string::npos) << attempts[0].exchanges;
}

TEST(ManualFlow, IsStartedByName) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/hand.yaml", "waggle: 1\nwhen: { manual: {} }\nsteps:\n  - probe.call: { url: \"" +
                                      receiver.url() + "\", body: \"${event.x}\" }\n");
  waggle.start();
  std::atomic<int> status = 0;
  waggle.engine().world().loops.at(0).post([&] {
    waggle.engine().start_flow(0, "hand", R"({"x":5})", [&](http::Reply reply) { status = reply.status; });
  });
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(status, 202);
  EXPECT_EQ(receiver.requests()[0].body, "5");
}

TEST(Reload, PutsAChangedFlowInForceAndKeepsAGoodOneWhenTheNewIsBroken) {
  Receiver receiver;
  Waggle waggle;
  const auto flow = [&](const std::string& body) {
    return "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - probe.call: { url: \"" + receiver.url() +
           "\", body: " + body + " }\n";
  };
  waggle.write("flows/in.yaml", flow("one"));
  waggle.start();
  waggle.post("/in", "{}");
  ASSERT_TRUE(eventually([&] { return receiver.count() == 1; }));
  waggle.write("flows/in.yaml", flow("two"));
  ASSERT_TRUE(eventually([&] {
    waggle.post("/in", "{}");
    return receiver.count() > 1 && receiver.requests().back().body == "\"two\"";
  }));
  waggle.write("flows/in.yaml", "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - prob.call: {}\n");
  waggle.engine().reload();
  const std::size_t before = receiver.count();
  EXPECT_EQ(waggle.post("/in", "{}").status, 202);
  ASSERT_TRUE(eventually([&] { return receiver.count() == before + 1; }));
  EXPECT_EQ(receiver.requests().back().body, "\"two\"");
}

TEST(Reload, OfARemovedFlowEndsItsPath) {
  Waggle waggle;
  waggle.write("flows/in.yaml", "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - log: hello\n");
  waggle.start();
  EXPECT_EQ(waggle.post("/in", "{}").status, 202);
  std::filesystem::remove(waggle.dir() + "/flows/in.yaml");
  EXPECT_TRUE(eventually([&] { return waggle.post("/in", "{}").status == 404; }));
}

}  // namespace
}  // namespace waggle::engine::test
