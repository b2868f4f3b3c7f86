// The engine's pure parts: when to retry, who is active, how things are worded.
#include <gtest/gtest.h>
#include <waggle/json.hpp>

#include "core/engine/active_runs.hpp"
#include "core/engine/connection_health.hpp"
#include "core/engine/request_words.hpp"
#include "core/engine/retry.hpp"
#include "core/engine/run_words.hpp"

namespace waggle::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const flows::RetryPlan plan{{seconds(5), seconds(30)}, 0.2};

TEST(NextDelay, FollowsThePlanAndEnds) {
  const Error error = retry("busy");
  EXPECT_EQ(next_delay(plan, 1, error, 0.5), milliseconds(5000));
  EXPECT_EQ(next_delay(plan, 2, error, 0.5), milliseconds(30000));
  EXPECT_EQ(next_delay(plan, 3, error, 0.5), std::nullopt);
}

TEST(NextDelay, SpreadsByTheJitter) {
  EXPECT_EQ(next_delay(plan, 1, retry("busy"), 0.0), milliseconds(4000));
  EXPECT_EQ(next_delay(plan, 1, retry("busy"), 1.0), milliseconds(6000));
}

TEST(NextDelay, HonoursRetryAfterUpToADay) {
  EXPECT_EQ(next_delay(plan, 1, retry("busy", seconds(60)), 0.5), milliseconds(60'000));
  EXPECT_EQ(next_delay(plan, 1, retry("busy", seconds(1)), 0.5), milliseconds(5000))
      << "never sooner than the plan";
  EXPECT_EQ(next_delay(plan, 1, retry("busy", hours(100)), 0.5), milliseconds(hours(24)));
}

TEST(NextDelay, IsForRetryErrorsOnly) {
  for (const Error& error : {invalid("x"), denied("x"), failed("x"), bug("x")})
    EXPECT_EQ(next_delay(plan, 1, error, 0.5), std::nullopt);
}

TEST(ActiveRuns, TakesARunOnceUntilItLeaves) {
  ActiveRuns active;
  EXPECT_TRUE(active.add("a"));
  EXPECT_FALSE(active.add("a"));
  EXPECT_EQ(active.size(), 1u);
  active.remove("a");
  EXPECT_TRUE(active.add("a"));
}

TEST(ActiveRuns, CountsWhatRunsHoldUntilTheyLeave) {
  const std::string run_id = "a";
  project::Settings settings;
  settings.run_memory_bytes = 100'000;
  const RunLimits limits(settings);
  ActiveRuns active;
  active.add(run_id, 50'000);
  EXPECT_TRUE(active.has_room(limits));
  active.hold(run_id, 50'000);
  EXPECT_FALSE(active.has_room(limits));
  EXPECT_GE(active.held(run_id), 100'000u);
  active.hold("somebody else", 1);
  active.remove(run_id);
  EXPECT_TRUE(active.has_room(limits));
  EXPECT_EQ(active.held(run_id), 0u);
}

TEST(ActiveRuns, TellWhoLeavesThatSomebodyCameForIt) {
  ActiveRuns active;
  active.add("a");
  active.add("a");
  EXPECT_TRUE(active.remove("a"));
  active.add("a");
  EXPECT_FALSE(active.remove("a"));
}

TEST(ConnectionHealth, RemembersWhy) {
  ConnectionHealth health;
  EXPECT_TRUE(health.break_connection("shop", "401"));
  EXPECT_FALSE(health.break_connection("shop", "403"));
  EXPECT_EQ(health.broken("shop"), "401");
  health.mend("shop");
  EXPECT_FALSE(health.broken("shop"));
}

TEST(IdempotencyKey, IsStableShortAndDifferentPerStepAndRun) {
  const std::string key = idempotency_key("run-1", "2/else/0");
  EXPECT_EQ(key, "7877fda6b423d938085f8cb3c5a5b3a9");  // another version must say the same
  EXPECT_EQ(key.size(), 32u);
  EXPECT_NE(key, idempotency_key("run-1", "2/else/1"));
  EXPECT_NE(key, idempotency_key("run-2", "2/else/0"));
}

TEST(StoredState, SaysTheWordsThatTheFlowSays) {
  for (const auto state : {flows::RunState::succeeded, flows::RunState::filtered, flows::RunState::stopped,
                           flows::RunState::failed})
    EXPECT_EQ(store::to_string(stored_state(state, {})), flows::to_string(state));
}

TEST(StoredState, ParksARunWhoseTriesAreUsedUp) {
  EXPECT_EQ(stored_state(flows::RunState::failed, retry("503")), store::RunState::parked);
  EXPECT_EQ(stored_state(flows::RunState::failed, failed("422")), store::RunState::failed);
}

TEST(Exchanges, AreMaskedAndAlwaysJson) {
  const auto mask = [](std::string_view text) {
    std::string out(text);
    if (const auto at = out.find("s3cret"); at != std::string::npos) out.replace(at, 6, "***");
    return out;
  };
  const std::string text = exchanges_json(
      {{"POST", "https://x.test/?key=s3cret", 200, 3, "\xff\xfe binary", "cut \xc3", ""}}, mask);
  const auto json = Json::parse(text);
  ASSERT_TRUE(json.ok()) << text;
  EXPECT_EQ(json->at(std::size_t{0}).text("url"), "https://x.test/?key=***");
}

TEST(Trace, IsJsonAndCutsLargeOutputs) {
  std::string trace;
  append_trace(trace, {"0", "map", "map", flows::StepState::done, R"({"a":"b"})", "because \"x\"", 4});
  append_trace(trace, {"1", "map", "big", flows::StepState::done,
                       '"' + std::string(traced_output_bytes, 'x') + '"', "", 5});
  const auto json = Json::parse("[" + trace + "]");
  ASSERT_TRUE(json.ok()) << trace;
  EXPECT_EQ(json->at(std::size_t{0}).at("output").text("a"), "b");
  EXPECT_FALSE(json->at(1).contains("output"));
  EXPECT_GT(json->at(1).at("output_bytes").as_int(), 0);
}

TEST(QueryJson, DecodesRepeatsAndBadBytes) {
  const Json json = query_json("Customer=bob+b&item=a%26b&item=c&bad=%ff");
  EXPECT_EQ(json.text("Customer"), "bob b");
  EXPECT_EQ(json.at("item").dump(), R"(["a&b","c"])");
  EXPECT_EQ(json.text("bad"), "\xEF\xBF\xBD");
}

TEST(Meta, LeavesCredentialsOut) {
  store::Event event;
  event.id = "e1";
  event.connector = "woocommerce";
  event.trigger = "order_created";
  http::Request request;
  request.method = "POST";
  request.headers = {{"authorization", "Basic abc"}, {"cookie", "s=1"}, {"x-a", "1"}, {"x-a", "2"}};
  const auto meta = Json::parse(meta_json(event, request, {{"account", "12345"}}, {}));
  ASSERT_TRUE(meta.ok());
  EXPECT_EQ(meta->text("trigger"), "woocommerce.order_created");
  EXPECT_EQ(meta->at("headers").dump(), R"({"x-a":"1, 2"})");
  EXPECT_EQ(meta->at("path").text("account"), "12345");
}

TEST(Meta, NamesWhatHasNoTriggersByItselfAlone) {
  store::Event event;
  event.connector = "schedule";
  EXPECT_EQ(Json::parse(meta_json(event, {}, {}, {}))->text("trigger"), "schedule");
}

TEST(Meta, MasksAKnownSecretWhereverTheSenderPutsIt) {
  store::Event event;
  event.connector = "webhook";
  http::Request request;
  request.headers = {{"x-gitlab-token", "glpat-12345"}, {"x-other", "12345"}};
  request.query = "key=glpat%2D12345&n=1";
  const secrets::Redactor secrets({"glpat-12345"});
  const auto meta = Json::parse(meta_json(event, request, {{"token", "glpat-12345"}}, secrets));
  ASSERT_TRUE(meta.ok());
  EXPECT_EQ(meta->at("headers").dump(), R"({"x-gitlab-token":"***","x-other":"12345"})");
  EXPECT_EQ(meta->at("query").dump(), R"({"key":"***","n":"1"})");
  EXPECT_EQ(meta->at("path").text("token"), "***");
}

}  // namespace
}  // namespace waggle::engine
