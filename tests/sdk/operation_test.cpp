// A small connector compiled into this program, run by a Script through the C boundary.
#include <stdexcept>

#include <gtest/gtest.h>

#include <waggle/connector.hpp>
#include <waggle/test.hpp>

using namespace waggle;

namespace {

Operation<Json> who(Call call) {
  Response reply = co_await http::get("https://api.test/who")
                       .bearer(call.secret("token"))
                       .query("x y", "a&b")
                       .query("none", nullptr);
  throw_for_status(reply);
  co_return reply.json();
}

Operation<Json> post(Call call) {
  const Json account = co_await who(call);
  Response reply = co_await http::post("https://api.test/post")
                       .header("Idempotency-Key", call.idempotency_key())
                       .timeout(std::chrono::seconds(7))
                       .json({{"text", call.input("text")},
                              {"by", account.at("user")},
                              {"tags", Json::array(call.input("text"), 1)}});
  throw_for_status(reply, reply.header("x-reason"));
  co_await sleep(std::chrono::milliseconds(1500));
  co_await blocking();
  co_return Json{{"id", reply.json().at("id")}, {"attempt", call.attempt()}, {"at", to_rfc3339(call.now())}};
}

Operation<Json> pages(Call) {
  Json all = Json::array();
  http::Request request = http::get("https://api.test/items?page=1");
  for (int page = 2; page < 4; ++page) {
    const Response reply = co_await request;
    for (const Json& item : reply.json().items()) all.push(item);
    request = http::get("https://api.test/items").query("page", page);
  }
  co_return all;
}

Operation<Json> form(Call call) {
  const Response reply = co_await http::post("https://api.test/token")
                             .basic("id", call.secret("token"))
                             .form({{"grant", "x y"}, {"scope", Json::array("a", "b")}});
  co_return reply.json();
}

Operation<Json> survive(Call) {
  std::string caught;
  try {
    co_await http::get("https://down.test/");
  } catch (const Error& error) {
    caught = error.message;
  }
  co_return Json{{"caught", caught}};
}

Operation<Json> misbehave(Call call) {
  const std::string how = call.input("how").as_string();
  if (how == "runtime_error") throw std::runtime_error("the reactor leaks");
  if (how == "int") throw 7;
  if (how == "error") throw retry("later", std::chrono::seconds(3), "busy");
  if (how == "unset") throw Error{};
  if (how == "header") co_await http::get("https://api.test/").header("X-A", "b\r\nX-Evil: 1");
  if (how == "name") co_await http::get("https://api.test/").header("X A", "b");
  if (how == "nested") co_await misbehave(call);
  co_return Json();
}

Operation<std::string> check(Call call) {
  const Json account = co_await who(call);
  co_return account.text("user");
}

Received accept(const Incoming& incoming) {
  if (incoming.method() == "GET") return {.body = incoming.query().at(0).second};
  if (incoming.header("X-SIGNATURE") != "good") throw Refusal{403, denied("bad signature", "bad_signature")};
  if (incoming.body().empty()) throw invalid("nothing in it");
  const Json& body = incoming.json();
  if (body.contains("verbatim"))
    return {.events = {{.trigger = "hooked", .delivery_id = incoming.header("x-id")}}};
  return {.status = 202,
          .headers = {{"x-ok", "1"}},
          .events = {{.trigger = "hooked",
                      .payload = body.at("data"),
                      .dedupe_key = body.text("id"),
                      .occurred_at = parse_rfc3339("2026-11-23T10:00:00Z")},
                     {.trigger = "hooked", .payload = Json{{"n", 2}}}}};
}

Operation<Received> ask_first(Incoming incoming) {
  const Response reply = co_await http::post("https://api.test/verify").body(incoming.body(), "text/plain");
  throw_for_status(reply);
  co_return Received{.status = 201,
                     .body = incoming.when("greeting").as_string() + incoming.param("account").as_string(),
                     .events = {{.trigger = "asked"}}};
}

SampleDelivery sample(const Incoming& incoming) {
  return {.headers = {{"x-signature", "good"}, {"x-trigger", incoming.trigger()}},
          .body = R"({"id":"e1","data":)" + incoming.body() + "}"};
}

test::Script script() {
  static const waggle_plugin* const plugin = &waggle::detail::plugin;
  test::Script out(plugin);
  out.connection({{"token", "t-1"}}, "mine");
  return out;
}

}  // namespace

Connector waggle::connector() {
  return {.id = "sample",
          .title = "Sample",
          .version = "1.0",
          .settings = {secret("token").describe("The token.").required()},
          .check = check,
          .sample = sample,
          .triggers = {{"hooked", "Something came.", accept},
                       {.id = "asked",
                        .accept = ask_first,
                        .delivery = Delivery::path,
                        .settings = {text("greeting")}}},
          .actions = {{"post", "Posts.", {text("text").required()}, post},
                      {"pages", "Reads pages.", {}, pages},
                      {"form", "Sends a form.", {}, form},
                      {"survive", "Catches.", {}, survive},
                      {"misbehave", "Throws.", {text("how")}, misbehave}}};
}

TEST(Operation, AnswersEffectsAndOtherOperationsInOrder) {
  auto run = script();
  run.attempt(3).idempotency_key("k-9").now(from_unix_seconds(1795420800));
  run.expect("GET", "https://api.test/who?x%20y=a%26b").answer(200, {{"user", "bee"}});
  run.expect("POST", "https://api.test/post").answer(201, {{"id", 9}});
  const auto got = run.act("post", {{"text", "hi"}});
  ASSERT_TRUE(got.ok) << got.error.message;
  EXPECT_EQ(got.output.dump(), R"({"id":9,"attempt":3,"at":"2026-11-23T08:00:00Z"})");
  ASSERT_EQ(got.requests.size(), 2u);
  EXPECT_EQ(got.requests[0].header("Authorization"), "Bearer t-1");
  EXPECT_EQ(got.requests[1].body, R"({"text":"hi","by":"bee","tags":["hi",1]})");
  EXPECT_EQ(got.requests[1].header("idempotency-key"), "k-9");
  EXPECT_EQ(got.requests[1].header("content-type"), "application/json");
  ASSERT_EQ(got.sleeps.size(), 1u);
  EXPECT_EQ(got.sleeps[0].count(), 1500);
  EXPECT_EQ(got.blocking, 1);
}

TEST(Operation, MayUseARequestInALoop) {
  auto run = script();
  run.expect("GET", "https://api.test/items?page=1").answer(200, Json::array(1, 2));
  run.expect("GET", "https://api.test/items?page=2").answer(200, Json::array(3, 4));
  EXPECT_EQ(run.act("pages").output.dump(), "[1,2,3,4]");
}

TEST(Operation, SendsFormsWithBasicAuthorization) {
  auto run = script();
  run.expect("POST", "https://api.test/token").answer(200, {{"a", 1}});
  const auto got = run.act("form");
  EXPECT_EQ(got.requests.at(0).body, "grant=x%20y&scope=a&scope=b");
  EXPECT_EQ(got.requests.at(0).header("authorization"), "Basic aWQ6dC0x");
  EXPECT_EQ(got.requests.at(0).header("content-type"), "application/x-www-form-urlencoded");
}

TEST(Operation, CatchesARequestWithoutAnswer) {
  auto run = script();
  run.expect("GET", "https://down.test/").break_with(retry("no route to host"));
  EXPECT_EQ(run.act("survive").output.text("caught"), "no route to host");
}

TEST(Operation, EndsWithWhateverItThrows) {
  const struct {
    const char* how;
    Next next;
    const char* message;
  } cases[] = {
      {"runtime_error", Next::bug, "the reactor leaks"},
      {"int", Next::bug, "the connector threw something that is no exception"},
      {"error", Next::retry, "later"},
      {"unset", Next::bug, "an error without a message"},
      {"header", Next::invalid, "the value of the header X-A has a line break"},
      {"name", Next::invalid, "\"X A\" cannot be the name of a header"},
  };
  for (const auto& [how, next, message] : cases) {
    const auto got = script().act("misbehave", {{"how", how}});
    EXPECT_FALSE(got.ok) << how;
    EXPECT_EQ(got.error.next, next) << how;
    EXPECT_NE(got.error.message.find(message), std::string::npos) << got.error.message;
  }
  EXPECT_EQ(script().act("misbehave", {{"how", "error"}}).error.after, std::chrono::seconds(3));
}

TEST(Operation, MapsStatusesToTheNextAction) {
  const struct {
    int status;
    Pairs headers;
    Next next;
    std::optional<std::chrono::milliseconds> after;
  } cases[] = {
      {401, {}, Next::denied, {}},
      {403, {}, Next::denied, {}},
      {404, {}, Next::failed, {}},
      {408, {}, Next::retry, {}},
      {429, {{"Retry-After", "7"}}, Next::retry, std::chrono::seconds(7)},
      {429, {{"Retry-After", "999999999999999999999"}}, Next::retry, std::chrono::hours(24)},
      {429, {{"Retry-After", "soon"}}, Next::retry, {}},
      {503,
       {{"Retry-After", "Mon, 23 Nov 2026 10:00:30 GMT"}, {"Date", "Mon, 23 Nov 2026 10:00:00 GMT"}},
       Next::retry,
       std::chrono::seconds(30)},
      {503,
       {{"Retry-After", "Mon, 23 Nov 2026 09:00:30 GMT"}, {"Date", "Mon, 23 Nov 2026 10:00:00 GMT"}},
       Next::retry,
       std::chrono::seconds(0)},
      {500, {}, Next::retry, {}},
      {302, {}, Next::failed, {}},
      {422, {}, Next::failed, {}},
  };
  for (const auto& [status, headers, next, after] : cases) {
    auto run = script();
    run.expect("GET", "https://api.test/who?x%20y=a%26b").answer_text(status, "no\nluck", headers);
    const auto got = run.check();
    EXPECT_EQ(got.error.next, next) << status;
    EXPECT_EQ(got.error.after, after) << status;
    EXPECT_EQ(got.error.message, "GET https://api.test/who answered " + std::to_string(status) + ": no luck");
  }
}

TEST(Operation, SaysWhatCameInsteadOfJson) {
  auto run = script();
  run.expect("GET", "https://api.test/who?x%20y=a%26b")
      .answer_text(200, "<html>", {{"content-type", "text/html"}});
  const auto got = run.check();
  EXPECT_EQ(got.error.next, Next::failed);
  EXPECT_EQ(got.error.message,
            "GET https://api.test/who answered 200, but not with JSON (text/html): <html>");
}

TEST(Operation, RefusesToGoOnWithoutItsSecret) {
  for (const Json& settings : {Json::object(), Json{{"token", ""}}}) {
    auto run = script();
    run.connection(settings, "mine");
    const auto got = run.check();
    EXPECT_EQ(got.error.next, Next::denied);
    EXPECT_EQ(got.error.message, "the connection mine has no token; set it");
    EXPECT_TRUE(got.requests.empty());
  }
}

TEST(Check, NamesTheAccount) {
  auto run = script();
  run.expect("GET", "https://api.test/who?x%20y=a%26b").answer(200, {{"user", "bee"}});
  EXPECT_EQ(run.check().head.dump(), R"({"account":"bee"})");
}

TEST(Receive, MakesEventsOfARequest) {
  const auto got = script().receive({{"headers", Json::array({Json::array("x-signature", "good")})}},
                                    R"({"id":"e1","data":{"total":100.00}})");
  ASSERT_TRUE(got.ok) << got.error.message;
  EXPECT_EQ(
      got.head.dump(),
      R"({"reply":{"status":202,"headers":[["x-ok","1"]]},"events":[{"trigger":"hooked","payload":{"total":100.00},"dedupe_key":"e1",)"
      R"("occurred_at":"2026-11-23T10:00:00Z"},{"trigger":"hooked","payload":{"n":2}}]})");
}

TEST(Receive, LeavesTheBodyVerbatimWhenThereIsNoPayload) {
  const auto got = script().receive(
      {{"headers", Json::array(Json::array("x-signature", "good"), Json::array("x-id", "d7"))}},
      R"({"verbatim":1})");
  EXPECT_EQ(got.event().dump(), R"({"trigger":"hooked","payload_from":"body","delivery_id":"d7"})");
}

TEST(Receive, RefusesWithAStatusOfItsChoice) {
  const auto got = script().receive(Json::object(), "{}");
  EXPECT_EQ(got.error.next, Next::denied);
  EXPECT_EQ(got.error.code, "bad_signature");
  EXPECT_EQ(got.refusal_status, 403);
}

TEST(Receive, AnswersAHandshakeWithoutEvents) {
  const auto got = script().receive({{"method", "GET"}, {"query", "challenge=a%20b"}}, "");
  EXPECT_EQ(got.body, "a b");
  EXPECT_EQ(got.head.at("events").size(), 0u);
}

TEST(Receive, SaysThatABodyIsNotJson) {
  const auto got = script().receive({{"headers", Json::array({Json::array("X-Signature", "good")})}}, "{");
  EXPECT_EQ(got.error.next, Next::invalid);
  EXPECT_EQ(got.error.message.find("the body of the request is not valid JSON at 1:2"), 0u)
      << got.error.message;
}

TEST(Receive, MayAskTheAppBeforeItAnswers) {
  auto run = script();
  run.expect("POST", "https://api.test/verify").answer_text(200, "");
  const auto got =
      run.receive({{"params", Json{{"account", "12345"}}}}, "raw", "asked", {{"greeting", "hello "}});
  ASSERT_TRUE(got.ok) << got.error.message;
  EXPECT_EQ(got.body, "hello 12345");
  EXPECT_EQ(got.requests[0].body, "raw");
}

TEST(Sample, MakesADeliveryThatIsAccepted) {
  const auto made = script().sample("hooked", R"({"total":1})");
  ASSERT_TRUE(made.ok) << made.error.message;
  const auto got =
      script().receive({{"method", made.head.at("method")}, {"headers", made.head.at("headers")}}, made.body);
  EXPECT_EQ(got.event().at("payload").dump(), R"({"total":1})");
}

TEST(Script, SaysHowAConnectorDepartsFromIt) {
  EXPECT_NE(script().check().error.message.find("does not expect: GET https://api.test/who"),
            std::string::npos);
  auto other = script();
  other.expect("GET", "https://api.test/other");
  EXPECT_NE(other.check().error.message.find("expects GET https://api.test/other"), std::string::npos);
  auto more = script();
  more.expect("GET", "https://api.test/who?x%20y=a%26b").answer(200, {{"user", "bee"}});
  more.expect("GET", "https://api.test/more");
  EXPECT_NE(more.check().error.message.find("was done without it"), std::string::npos);
}

TEST(Boundary, AnswersNonsenseFromTheHostWithAnError) {
  const waggle_plugin& plugin = waggle::detail::plugin;
  for (const std::string head :
       {"", "nonsense", "[]", "{}", R"({"operation":"fly"})", R"({"operation":"act","action":"none"})",
        R"({"operation":"receive","trigger":"none"})"}) {
    waggle_operation* operation = nullptr;
    waggle_message out{};
    EXPECT_EQ(plugin.start({{head.data(), head.size()}, {nullptr, 0}}, &operation, &out),
              std::uint32_t{WAGGLE_ERROR})
        << head;
    ASSERT_NE(operation, nullptr);
    EXPECT_EQ(plugin.step(operation, {{"{}", 2}, {nullptr, 0}}, &out), std::uint32_t{WAGGLE_ERROR}) << head;
    plugin.drop(operation);
  }
}

TEST(Boundary, DropsAnOperationThatWaits) {
  const std::string head =
      R"({"operation":"act","action":"post","connection":{"token":"t"},"input":{"text":"x"}})";
  waggle_operation* operation = nullptr;
  waggle_message out{};
  EXPECT_EQ(waggle::detail::plugin.start({{head.data(), head.size()}, {nullptr, 0}}, &operation, &out),
            std::uint32_t{WAGGLE_EFFECT});
  waggle::detail::plugin.drop(operation);  // the address sanitizer's run shows that nothing is left behind
}

TEST(Boundary, DescribesTheConnector) {
  const waggle_bytes text = waggle::detail::plugin.describe();
  const auto spec = ConnectorSpec::from_json(*Json::parse({text.data, text.size}));
  ASSERT_TRUE(spec.ok()) << spec.error().message;
  EXPECT_EQ(spec->actions.size(), 5u);
  EXPECT_TRUE(spec->checks);
}
