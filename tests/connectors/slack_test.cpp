// Slack: what its answers mean, and what its requests become.
#include <gtest/gtest.h>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

Driver slack() {
  Driver out("slack");
  out.connection = {{"bot_token", "xoxb-bee"},
                    {"signing_secret", "bee-signing"},
                    {"webhook_url", "https://hooks.slack.com/services/T0/B0/secret"}};
  return out;
}

Canned json(const std::string& body, int status = 200) { return {.status = status, .body = body}; }

TEST(SlackPostMessage, SendsTheTokenAndTheMessage) {
  Driver driver = slack();
  driver.script = {json(R"({"ok":true,"channel":"C1","ts":"1.2","message":{"text":"hi"}})")};
  const Answer answer = driver.act("post_message", {{"channel", "#orders"},
                                                    {"text", "Größe: <b> & \"x\""},
                                                    {"thread_ts", nullptr},
                                                    {"unfurl_links", false}});
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_EQ(driver.sent[0].method, "POST");
  EXPECT_EQ(driver.sent[0].url, "https://slack.com/api/chat.postMessage");
  EXPECT_EQ(driver.sent[0].header("authorization"), "Bearer xoxb-bee");
  EXPECT_EQ(driver.sent[0].header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(parse(driver.sent[0].body),
            parse(R"({"channel":"#orders","text":"Größe: <b> & \"x\"","unfurl_links":false})"));
  EXPECT_EQ(answer.output().text("ts"), "1.2");
}

TEST(SlackPostMessage, EscapesWhenAskedAndGoesWhereTheConnectionSays) {
  Driver driver = slack();
  driver.connection.set("api_url", "http://127.0.0.1:9999/");
  driver.script = {json(R"({"ok":true})")};
  ASSERT_TRUE(
      driver.act("post_message", {{"channel", "C1"}, {"text", "<!channel> a & b"}, {"escape", true}}).done());
  EXPECT_EQ(driver.sent[0].url, "http://127.0.0.1:9999/api/chat.postMessage");
  EXPECT_EQ(parse(driver.sent[0].body).text("text"), "&lt;!channel&gt; a &amp; b");
}

struct Said {
  std::string body;
  int status;
  std::string next, code;
};

TEST(SlackErrors, AreNamedByWhatToDo) {
  const std::vector<Said> cases{
      {R"({"ok":false,"error":"channel_not_found"})", 200, "invalid", "channel_not_found"},
      {R"({"ok":false,"error":"not_in_channel"})", 200, "invalid", "not_in_channel"},
      {R"({"ok":false,"error":"invalid_auth"})", 200, "denied", "invalid_auth"},
      {R"({"ok":false,"error":"missing_scope","needed":"chat:write","provided":"none"})", 200, "denied",
       "missing_scope"},
      {R"({"ok":false,"error":"account_inactive"})", 200, "denied", "account_inactive"},
      {R"({"ok":false,"error":"ratelimited"})", 429, "retry", "ratelimited"},
      {R"({"ok":false,"error":"internal_error"})", 500, "retry", "internal_error"},
      {R"({"ok":false,"error":"something_new"})", 200, "failed", "something_new"},
      {"<html>maintenance</html>", 503, "retry", "http_503"},
      {"<html>login to the wifi</html>", 200, "retry", "not_json"},
      {"", 401, "denied", "http_401"},
  };
  Driver driver = slack();
  for (const auto& [body, status, next, code] : cases) {
    Canned answer = json(body, status);
    if (status == 429) answer.headers.emplace_back("Retry-After", "30");
    driver.script = {answer};
    const Answer got = driver.act("post_message", {{"channel", "C1"}, {"text", "x"}});
    EXPECT_FALSE(got.done()) << body;
    EXPECT_EQ(got.next(), next) << body;
    EXPECT_EQ(got.head.text("code"), code) << got.message();
    if (status == 429) {
      EXPECT_EQ(got.head.at("after_ms").as_int(), 30000) << "Retry-After is honoured";
    }
  }
}

TEST(SlackPostMessage, ThatIsEmptyIsRefusedBeforeItIsSent) {
  Driver driver = slack();
  EXPECT_EQ(driver.act("post_message", {{"channel", "C1"}}).head.text("code"), "no_text");
  EXPECT_TRUE(driver.sent.empty());
}

TEST(SlackIncomingWebhook, WordsAreUnderstood) {
  const std::vector<Said> cases{{"invalid_payload", 400, "invalid", "invalid_payload"},
                                {"no_text", 400, "invalid", "no_text"},
                                {"action_prohibited", 403, "denied", "action_prohibited"},
                                {"channel_is_archived", 404, "invalid", "channel_is_archived"},
                                {"no_service", 404, "denied", "no_service"},
                                {"", 410, "denied", "no_service"},
                                {"slow down", 429, "retry", "ratelimited"},
                                {"<html>", 502, "retry", "service_unavailable"}};
  Driver driver = slack();
  for (const auto& [body, status, next, code] : cases) {
    driver.script = {{.status = status, .body = body, .headers = {}}};
    const Answer got = driver.act("post_to_webhook", {{"text", "x"}});
    EXPECT_EQ(got.next(), next) << body;
    EXPECT_EQ(got.head.text("code"), code) << got.message();
    EXPECT_EQ(got.message().find("secret"), std::string::npos)
        << "the address is a secret: " << got.message();
  }
  driver.script = {{.status = 200, .body = "ok", .headers = {}}};
  EXPECT_TRUE(driver.act("post_to_webhook", {{"text", "x"}}).output().at("posted").as_bool());
}

TEST(SlackReaction, ThatIsThereAlreadyIsNoError) {
  Driver driver = slack();
  driver.script = {json(R"({"ok":false,"error":"already_reacted"})")};
  const Answer again = driver.act("add_reaction", {{"channel", "C1"}, {"ts", "1.2"}, {"name", ":bee:"}});
  ASSERT_TRUE(again.done()) << again.message();
  EXPECT_FALSE(again.output().at("added").as_bool());
  EXPECT_EQ(parse(driver.sent[0].body).text("name"), "bee");
}

TEST(SlackCheck, TellsABadTokenFromADeadNetwork) {
  Driver driver = slack();
  driver.script = {json(R"({"ok":true,"team":"Bienenladen","user":"waggle","team_id":"T1"})")};
  EXPECT_EQ(driver.check().head.text("account"), "Bienenladen / waggle");
  driver.script = {json(R"({"ok":false,"error":"invalid_auth"})")};
  EXPECT_EQ(driver.check().next(), "denied");
  driver.script = {{.status = 0}};
  EXPECT_EQ(driver.check().next(), "retry");
  driver.connection.erase("bot_token");
  EXPECT_EQ(driver.check().next(), "denied");
}

Request signed_body(Driver& driver, const std::string& body, const std::string& type = "application/json") {
  // A sample of app_rate_limited is signed as it is: any body, Slack's signature.
  Request out = driver.signed_sample("app_rate_limited", body);
  for (auto& [name, value] : out.headers)
    if (same_name(name, "content-type")) value = type;
  return out;
}

TEST(SlackHandshake, GivesTheChallengeBackOnlyWhenSigned) {
  Driver driver = slack();
  const std::string body =
      R"({"token":"x","challenge":"3eZbrw1aB10FEMAGAZd4FyFQ","type":"url_verification"})";
  const Answer answer = driver.receive(signed_body(driver, body));
  EXPECT_EQ(answer.body, "3eZbrw1aB10FEMAGAZd4FyFQ");
  EXPECT_EQ(answer.events().size(), 0u);
  EXPECT_EQ(driver.receive({.headers = {{"content-type", "application/json"}}, .body = body}).http_status(),
            401);
}

TEST(SlackHandshake, SslCheckMayComeUnsigned) {
  Driver driver = slack();
  const Answer answer = driver.receive(
      {.headers = {{"content-type", "application/x-www-form-urlencoded"}}, .body = "ssl_check=1&token=x"});
  EXPECT_EQ(answer.http_status(), 200);
  EXPECT_EQ(answer.events().size(), 0u);
  EXPECT_EQ(driver
                .receive({.headers = {{"content-type", "application/x-www-form-urlencoded"}},
                          .body = "command=%2Fx&ssl_check=0"})
                .http_status(),
            401);
}

TEST(SlackBots, AreIgnoredAsTheConnectionSays) {
  Driver driver = slack();
  const auto events = [&](const std::string& event, const char* setting) {
    driver.connection.set("bot_messages", setting);
    const std::string body =
        R"({"type":"event_callback","api_app_id":"A1","event_id":"Ev1","event":)" + event + "}";
    return driver.receive(signed_body(driver, body)).events().size();
  };
  const std::string own = R"({"type":"message","text":"x","bot_id":"B1","app_id":"A1"})";
  const std::string other = R"({"type":"message","subtype":"bot_message","text":"x","bot_id":"B2"})";
  const std::string changed =
      R"({"type":"message","subtype":"message_changed","message":{"text":"x","bot_id":"B1"}})";
  EXPECT_EQ(events(own, ""), 0u);
  EXPECT_EQ(events(own, "ignore"), 0u);
  EXPECT_EQ(events(changed, "ignore"), 0u);
  EXPECT_EQ(events(own, "ignore_own"), 0u);
  EXPECT_EQ(events(other, "ignore_own"), 1u);
  EXPECT_EQ(events(own, "accept"), 1u);
}

TEST(SlackPayload, LeavesTheOldVerificationTokenOut) {
  Driver driver = slack();
  for (const std::string& body :
       {std::string("command=%2Fx&token=gIkuvaNzQIHg97ATvDxqgjtO&trigger_id=1"),
        "payload=" +
            percent_encode(R"({"type":"shortcut","token":"gIkuvaNzQIHg97ATvDxqgjtO","trigger_id":"1"})")}) {
    const Answer answer = driver.receive(signed_body(driver, body, "application/x-www-form-urlencoded"));
    ASSERT_EQ(answer.events().size(), 1u) << body;
    EXPECT_EQ(answer.head.dump().find("gIkuvaNzQIHg97ATvDxqgjtO"), std::string::npos);
  }
}

TEST(SlackCorpus, EveryInteractionAndCommandIsTaken) {
  const auto corpus = shared() / "corpus/slack";
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "the shared corpus is not here";
  Driver driver = slack();
  driver.connection.set("bot_messages", "accept");
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus / "events")) {
    const auto json = Json::parse(read_file(entry.path()));
    if (!json || json->text("type") != "event_callback") continue;
    const Answer answer = driver.receive(signed_body(driver, read_file(entry.path())));
    ASSERT_TRUE(answer.done()) << entry.path() << answer.message();
    EXPECT_EQ(answer.events().size(), 1u) << entry.path();
    EXPECT_NE(driver.spec().trigger(answer.event().text("trigger")), nullptr) << entry.path();
    ++tried;
  }
  EXPECT_GT(tried, 3);
}

}  // namespace
}  // namespace waggle::test
