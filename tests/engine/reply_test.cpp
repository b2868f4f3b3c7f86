// What the sender of a webhook hears, and how a changed folder comes into force.
#include <filesystem>

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
