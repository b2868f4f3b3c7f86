// Signatures: every case of the shared corpus, accepted or refused as it is marked, and a few published
// vectors of our own so that the tests mean something without the corpus too.
#include <gtest/gtest.h>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

namespace fs = std::filesystem;

/// One case: a delivery, the secret, the clock, and what must come of it.
struct Case {
  std::string name = {};
  Request request = {};
  std::vector<std::string> secrets = {};
  std::int64_t now_s = 1'795'420'800;
  std::string expected = {};  // valid | invalid | either | ping...
};

Case read_case(const fs::path& file) {
  const Json json = read_json(file);
  Case out{.name = file.filename().string(), .expected = json.text("expected")};
  out.request.body = json.text("body");
  if (json.contains("method")) out.request.method = json.text("method");
  for (const auto& [name, value] : json.at("headers").members())
    out.request.headers.emplace_back(name, value.to_text());
  for (const char* name : {"secret", "signing_secret"})
    if (json.contains(name)) out.secrets.push_back(json.text(name));
  out.now_s = json.at("now").as_int(1'795'420'800);
  return out;
}

std::vector<Case> cases_in(const std::vector<std::string>& folders) {
  std::vector<Case> out;
  for (const auto& folder : folders)
    if (fs::exists(shared() / "corpus" / folder))
      for (const auto& entry : fs::directory_iterator(shared() / "corpus" / folder)) {
        Case one = read_case(entry.path());
        if (!one.secrets.empty()) out.push_back(std::move(one));
      }
  return out;
}

bool has_content_type(const Request& request) {
  for (const auto& [name, value] : request.headers)
    if (same_name(name, "content-type")) return true;
  return false;
}

void expect(const Case& one, const Answer& answer) {
  if (one.expected.starts_with("valid") || one.expected == "accept")
    EXPECT_NE(answer.http_status(), 401) << one.name << ": " << answer.message();
  else if (one.expected.starts_with("invalid") || one.expected == "reject")
    EXPECT_EQ(answer.http_status(), 401) << one.name;
  else if (one.expected.starts_with("ping")) {
    EXPECT_EQ(answer.http_status(), 200) << one.name;
    EXPECT_EQ(answer.events().size(), 0u) << one.name;
  } else {
    EXPECT_EQ(one.expected, "either") << one.name;
  }
}

Answer through_webhook(Driver& webhook, const Case& one, const std::string& preset) {
  Request request = one.request;
  if (!has_content_type(request)) request.headers.emplace_back("content-type", "application/json");
  webhook.now_ms = one.now_s * 1000;
  Json secrets = Json::array();
  for (const auto& secret : one.secrets) secrets.push(secret);
  return webhook.receive(request, "default",
                         Json{{"path", "/x"}, {"verify", Json{{"preset", preset}, {"secrets", secrets}}}});
}

TEST(CorpusSignatures, WooCommerceAcceptsAllGenuineDeliveriesAndRefusesTheRest) {
  const auto cases = cases_in({"woocommerce/vectors", "woocommerce/deliveries"});
  if (cases.empty()) GTEST_SKIP() << "the shared corpus is not here";
  EXPECT_GT(cases.size(), 20u);
  Driver shop("woocommerce");
  for (const Case& one : cases) {
    shop.connection = Json{{"url", "https://shop.example.com"}, {"webhook_secret", one.secrets[0]}};
    const Answer answer = shop.receive(one.request);
    expect(one, answer);
    if (one.expected != "valid") continue;
    EXPECT_EQ(answer.http_status(), 200) << one.name;
    ASSERT_EQ(answer.events().size(), 1u) << one.name;
    EXPECT_EQ(answer.event().text("payload_from"), "body") << "the shop's bytes are stored as they came";
    EXPECT_NE(shop.spec().trigger(answer.event().text("trigger")), nullptr) << one.name;
  }
}

TEST(CorpusSignatures, SlackIsAcceptedOrRefusedAsMarked) {
  const auto cases = cases_in({"slack/vectors", "slack/signed"});
  if (cases.empty()) GTEST_SKIP() << "the shared corpus is not here";
  Driver slack("slack");
  for (Case one : cases) {
    slack.connection = Json{{"signing_secret", one.secrets[0]}};
    slack.now_ms = one.now_s * 1000;
    if (!has_content_type(one.request)) one.request.headers.emplace_back("content-type", "application/json");
    const Answer answer = slack.receive(one.request);
    expect(one, answer);
    if (one.expected == "valid") {
      EXPECT_EQ(answer.events().size(), 1u) << one.name;
    }
  }
}

TEST(CorpusSignatures, WebhookPresetsAreAcceptedOrRefusedAsMarked) {
  Driver webhook("webhook");
  bool any = false;
  for (const auto& [preset, folder] :
       {std::pair<std::string, std::string>{"standard_webhooks", "standard-webhooks"},
        {"stripe", "stripe"},
        {"github", "github"},
        {"shopify", "shopify"},
        {"slack", "slack"},
        {"quickbooks", "quickbooks"},
        {"xero", "xero"}})
    for (const Case& one : cases_in({folder + "/vectors"})) {
      any = true;
      Case named = one;
      named.name = preset + "/" + one.name;
      expect(named, through_webhook(webhook, one, preset));
    }
  if (!any) GTEST_SKIP() << "the shared corpus is not here";
}

TEST(BadSignatures, EachIsRefusedOrAcceptedAsMarked) {
  const fs::path file = shared() / "bad-inputs/signatures/vectors.json";
  if (!fs::exists(file)) GTEST_SKIP() << "the shared bad inputs are not here";
  Driver webhook("webhook"), shop("woocommerce");
  const Json vectors = read_json(file);
  EXPECT_GT(vectors.size(), 40u);
  for (const Json& vector : vectors.items()) {
    Case one{
        .name = vector.text("id"), .now_s = vector.at("now").as_int(), .expected = vector.text("expected")};
    one.request.body = from_base64(vector.text("body_base64")).value_or("");
    for (const Json& pair : vector.at("headers").items())
      one.request.headers.emplace_back(pair.at(std::size_t{0}).to_text(), pair.at(std::size_t{1}).to_text());
    for (const Json& secret : vector.at("secrets").items()) one.secrets.push_back(secret.to_text());
    const std::string scheme = vector.text("scheme");
    if (scheme == "woocommerce") {
      shop.connection = Json{{"url", "https://shop.example.com"}, {"webhook_secret", one.secrets[0]}};
      expect(one, shop.receive(one.request));
    } else {
      expect(one,
             through_webhook(webhook, one, scheme == "standard-webhooks" ? "standard_webhooks" : scheme));
    }
  }
}

TEST(SignatureWithoutSecret, IsRefusedWhateverThePreset) {
  Driver webhook("webhook");
  for (const char* preset :
       {"hmac_sha256", "standard_webhooks", "stripe", "github", "slack", "shopify", "basic", "bearer"})
    for (const Json& secret : {Json(), Json(""), Json::array(), Json::array({""})}) {
      const Request request{
          .headers = {{"content-type", "application/json"}, {"x-sig", ""}, {"authorization", "Bearer "}},
          .body = "{}"};
      const Json verify{{"preset", preset}, {"secrets", secret}, {"header", "x-sig"}};
      EXPECT_EQ(webhook.receive(request, "default", Json{{"path", "/x"}, {"verify", verify}}).http_status(),
                401)
          << preset;
    }
  Driver shop("woocommerce");
  shop.connection = Json{{"url", "https://shop.example.com"}, {"webhook_secret", ""}};
  const Request delivery{.headers = {{"x-wc-webhook-topic", "order.created"}, {"x-wc-webhook-signature", ""}},
                         .body = "{}"};
  EXPECT_EQ(shop.receive(delivery).http_status(), 401);
}

/// Published by GitHub: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries (read
/// 2026-11)
TEST(PublishedVector, GitHubsIsAccepted) {
  Driver webhook("webhook");
  Case one{.name = "github", .secrets = {"It's a Secret to Everybody"}};
  one.request.body = "Hello, World!";
  one.request.headers = {
      {"X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}};
  EXPECT_NE(through_webhook(webhook, one, "github").http_status(), 401);
  one.request.body += "!";
  EXPECT_EQ(through_webhook(webhook, one, "github").http_status(), 401);
}

/// Published by Standard Webhooks (libraries/go/webhook_test.go) (read 2026-11)
TEST(PublishedVector, StandardWebhooksIsAcceptedWithEitherOfTwoSecrets) {
  Driver webhook("webhook");
  Case one{.name = "standard",
           .secrets = {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
           .now_s = 1614265330};
  one.request.body = R"({"test": 2432232314})";
  one.request.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                         {"webhook-timestamp", "1614265330"},
                         {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  const Answer answer = through_webhook(webhook, one, "standard_webhooks");
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_EQ(answer.event().text("dedupe_key"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
  for (const std::int64_t away : {-301, 301}) {
    one.now_s = 1614265330 + away;
    EXPECT_EQ(through_webhook(webhook, one, "standard_webhooks").http_status(), 401) << away;
  }
  for (const std::int64_t away : {-300, 300}) {
    one.now_s = 1614265330 + away;
    EXPECT_EQ(through_webhook(webhook, one, "standard_webhooks").http_status(), 200) << away;
  }
}

TEST(SignatureHeader, SentTwiceIsRefused) {
  Driver shop("woocommerce");
  shop.connection = Json{{"url", "https://shop.example.com"}, {"webhook_secret", "s3cret"}};
  Request delivery = shop.signed_sample("order_created", R"({"id":1})");
  EXPECT_EQ(shop.receive(delivery).http_status(), 200);
  delivery.headers.emplace_back("x-wc-webhook-signature", "AAAA");
  EXPECT_EQ(shop.receive(delivery).http_status(), 401);
}

}  // namespace
}  // namespace waggle::test
