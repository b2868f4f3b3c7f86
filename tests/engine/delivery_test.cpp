// From a delivery to what the app at the other end gets.
#include <set>

#include <gtest/gtest.h>
#include <waggle/json.hpp>

#include "core/engine/drive.hpp"
#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

using store::RunState;

std::string call_flow(const Receiver& receiver,
                      const std::string& retry = "{ tries: 3, first: 10ms, max: 20ms }") {
  return "waggle: 1\n"
         "when:\n"
         "  probe: { path: /in }\n"
         "subject: ${event.id}\n"
         "steps:\n"
         "  - filter: event.total >= 20\n"
         "  - map: { id: \"${event.id}\", text: \"order ${event.id} of ${event.total}\" }\n"
         "    as: order\n"
         "  - probe.call:\n"
         "      url: " +
         receiver.url() +
         "\n"
         "      body: ${order}\n"
         "    retry: " +
         retry + "\n";
}

TEST(Delivery, ReachesTheAppAndIsRecorded) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  const auto answer = waggle.post("/in", R"({"id":7,"total":29.35})");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "stored\n");
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  ASSERT_EQ(receiver.count(), 1u);
  EXPECT_EQ(receiver.requests()[0].body, R"({"id":7,"text":"order 7 of 29.35"})");

  const store::RunDetail detail = waggle.run(waggle.runs()[0].id);
  EXPECT_EQ(detail.run.subject, "7");
  EXPECT_EQ(detail.event.body, R"({"id":7,"total":29.35})");
  ASSERT_EQ(detail.effects.size(), 1u);
  EXPECT_EQ(detail.effects[0].state, store::EffectState::done);
  ASSERT_EQ(detail.attempts.size(), 1u);
  const auto trace = Json::parse(detail.run.trace);
  ASSERT_TRUE(trace.ok()) << detail.run.trace;
  EXPECT_GE(trace->size(), 3u);
}

TEST(Delivery, KeepsNoPartOfASecretWhereItsRecordIsCut) {
  const std::string token = "tok-0123456789";
  const std::string text = '"' + std::string(recorded_body_bytes - 8, 'x') + token + " and more\"";
  Receiver receiver;
  receiver.answer_with({http::Reply::text(200, text)});
  Waggle waggle;
  waggle.write("connections.yaml",
               "app: { connector: probe, url: \"" + receiver.url() + "\", token: " + token + " }\n");
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n"
               "  - probe.call: { body: \"${event}\" }\n    connection: app\n");
  waggle.start();
  waggle.post("/in", text);
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  const auto attempts = waggle.run(waggle.runs()[0].id).attempts;
  ASSERT_EQ(attempts.size(), 1u);
  const Json exchange = Json::parse(attempts[0].exchanges)->at(std::size_t{0});
  const std::string kept = text.substr(0, recorded_body_bytes - 7) + "***";
  EXPECT_EQ(exchange.text("request"), kept);
  EXPECT_EQ(exchange.text("response"), kept);
}

TEST(Delivery, ThatTheFilterRefusesIsKeptAsFiltered) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  waggle.post("/in", R"({"id":7,"total":19.99})");
  ASSERT_TRUE(waggle.settled(1, RunState::filtered));
  EXPECT_EQ(receiver.count(), 0u);
}

TEST(Delivery, IsRetriedWithTheSameKeyUntilTheAppTakesIt) {
  Receiver receiver;
  receiver.answer_with(
      {http::Reply::text(503, "busy"), http::Reply::text(500, "oops"), http::Reply::text(200, "ok")});
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  waggle.post("/in", R"({"id":7,"total":20})");
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 3u);
  std::set<std::string> keys;
  for (const auto& request : requests) keys.emplace(http::header(request.headers, "x-idempotency-key"));
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(http::header(requests[2].headers, "x-attempt"), "3");
  const store::RunDetail detail = waggle.run(waggle.runs()[0].id);
  EXPECT_EQ(detail.attempts.size(), 3u);
  EXPECT_EQ(detail.effects.at(0).attempts, 3);
}

TEST(Delivery, WhoseTriesAreUsedUpIsParkedAndGoesOnByHand) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, ""), http::Reply::text(503, ""), http::Reply::text(503, ""),
                        http::Reply::text(200, "ok")});
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  waggle.post("/in", R"({"id":7,"total":20})");
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  EXPECT_EQ(receiver.count(), 3u);
  waggle.engine().retry_run(waggle.runs()[0].id,
                            [](Result<bool> queued) { EXPECT_TRUE(queued.ok() && *queued); });
  EXPECT_TRUE(waggle.settled(1, RunState::succeeded));
}

TEST(Delivery, SentOnItsWayByHandBeginsItsPlanAnew) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(503, ""), http::Reply::text(503, ""), http::Reply::text(503, ""),
                        http::Reply::text(503, ""), http::Reply::text(503, ""),
                        http::Reply::text(200, "ok")});
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  waggle.post("/in", R"({"id":7,"total":20})");
  ASSERT_TRUE(waggle.settled(1, RunState::parked));
  const std::string id = waggle.runs()[0].id;
  waggle.engine().retry_run(id, [](Result<bool> queued) { EXPECT_TRUE(queued.ok() && *queued); });
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded)) << "two more failures are within the new plan";
  EXPECT_EQ(receiver.count(), 6u);
  EXPECT_EQ(http::header(receiver.requests()[5].headers, "x-attempt"), "6") << "attempts go on counting";
  EXPECT_EQ(waggle.run(id).attempts.size(), 6u);
}

TEST(Delivery, ThatTheAppRefusesFails) {
  Receiver receiver;
  receiver.answer_with({http::Reply::text(422, "no")});
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  waggle.post("/in", R"({"id":7,"total":20})");
  ASSERT_TRUE(waggle.settled(1, RunState::failed));
  EXPECT_EQ(receiver.count(), 1u);
  EXPECT_NE(waggle.runs()[0].error->message.find("422"), std::string::npos);
}

TEST(Delivery, RepeatedBySenderIsAnsweredAlikeAndRunOnce) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  for (int i = 0; i < 3; ++i) {
    const auto answer = waggle.post("/in", R"({"id":7,"total":20})", {{"x-key", "order-7"}});
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "stored\n");
  }
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  EXPECT_EQ(receiver.count(), 1u);
  EXPECT_EQ(waggle.run(waggle.runs()[0].id).event.repeats, 2);
  EXPECT_TRUE(eventually([&] { return waggle.engine().world().active.size() == 0; }))
      << "a repeat keeps no place in memory";
  const auto counted = [&](std::string_view line) {  // after the answer
    return eventually([&] { return waggle.engine().world().metrics.text().find(line) != std::string::npos; });
  };
  EXPECT_TRUE(counted("waggle_events_received_total{source=\"path:in:/in\"} 1\n"));
  EXPECT_TRUE(counted("waggle_events_duplicate_total{source=\"path:in:/in\"} 2\n"));
}

/// What wraps a payload on its way to a plugin and back takes nothing off its depth.
TEST(Delivery, MayBeAsDeepAsJsonMayBe) {
  Waggle waggle;
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen:\n  probe: { path: /in }\nsteps:\n"
               "  - probe.block: { body: \"${event}\" }\n    as: back\n"
               "  - filter: $string(back.echo) = $string(event)\n");
  waggle.start();
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  ASSERT_EQ(waggle.post("/in", nested(127)).status, 202);
  ASSERT_TRUE(waggle.settled(1, RunState::succeeded));
  ASSERT_EQ(waggle.post("/in", nested(128)).status, 202);
  ASSERT_TRUE(eventually([&] { return waggle.runs({RunState::failed}).size() == 1; }));
  ASSERT_EQ(waggle.post("/in", nested(129)).status, 400);
  for (const auto& run : waggle.runs()) {
    if (!run.error) continue;
    EXPECT_EQ(run.error->next, Next::failed) << run.error->message;
  }
}

TEST(Delivery, IsRefusedWithAReason) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("connections.yaml", "door: { connector: probe, token: \"${env.HOME}\" }\n");
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  EXPECT_EQ(waggle.post("/elsewhere", "{}").status, 404);
  for (const char* body : {"", " ", "{", "{'a':1}", R"({"a":1}x)", R"({"a":1,})", R"({"a":1,"a":2})", "NaN",
                           "[1,2", "\xEF\xBB\xBF{}", "{\"a\":\"\xC3(\"}", "{\"a\":\"\\ud800\"}"}) {
    const auto refused = waggle.post("/in", body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_NE(refused.body.find("\"message\":\""), std::string::npos) << body << refused.body;
  }
  EXPECT_EQ(waggle.post("/hooks/door", "{}").status, 401);
  EXPECT_NE(waggle.post("/hooks/door", "{}").body, "");
  const auto quiet = waggle.post("/hooks/door", "{}", {{"x-quiet", "1"}});
  EXPECT_EQ(quiet.status, 401);
  EXPECT_EQ(quiet.body, "") << "some senders take nothing but an empty answer";
  EXPECT_EQ(waggle.post("/hooks/nobody", "{}").status, 404);
  EXPECT_EQ(waggle.post("/hooks/door", "{}", {{"x-token", getenv("HOME")}}).status, 202);
  EXPECT_TRUE(waggle.runs().empty());
}

TEST(Delivery, IsNotTheSendersFaultWhenItsConnectorIsWrong) {
  Receiver receiver;
  Waggle waggle;
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  for (const char* mistake : {"throws", "status", "trigger"}) {
    const auto answer = waggle.post("/in", R"({"id":7,"total":20})", {{"x-mistake", mistake}});
    EXPECT_EQ(answer.status, 500) << mistake << answer.body;
    EXPECT_NE(answer.body.find("\"message\":\""), std::string::npos) << mistake;
  }
  EXPECT_TRUE(waggle.runs().empty());
}

TEST(Delivery, OfManyWithLittleMemoryAllArriveOnce) {
  Receiver receiver;
  receiver.delay(std::chrono::milliseconds(5));
  Waggle waggle;
  waggle.write("waggle.yaml", "address: 127.0.0.1\nport: 0\nmax_runs_in_memory: 4\n");
  waggle.write("flows/in.yaml", call_flow(receiver));
  waggle.start();
  constexpr std::size_t many = 100;
  for (std::size_t i = 0; i < many; ++i)
    ASSERT_EQ(waggle.post("/in", R"({"total":20,"id":)" + std::to_string(i) + "}").status, 202);
  ASSERT_TRUE(waggle.settled(many, RunState::succeeded));
  std::set<std::string> bodies;
  for (const auto& request : receiver.requests()) bodies.insert(request.body);
  EXPECT_EQ(bodies.size(), many);
  EXPECT_EQ(receiver.count(), many);
}

}  // namespace
}  // namespace waggle::engine::test
