// WooCommerce: deliveries, and a stand-in shop for the actions.
#include <gtest/gtest.h>

#include <waggle/time.hpp>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

namespace fs = std::filesystem;

Driver shop() {
  Driver out("woocommerce");
  out.connection = {{"url", "https://shop.example.com/"},
                    {"webhook_secret", "bee"},
                    {"consumer_key", "ck_a"},
                    {"consumer_secret", "cs_b"}};
  return out;
}

Canned json(const Json& body, int status = 200, Pairs headers = {}) {
  headers.emplace_back("Content-Type", "application/json; charset=UTF-8");
  return {.status = status, .body = body.dump(), .headers = std::move(headers)};
}

std::string value(const Pairs& query, const std::string& name) {
  const std::string* const found = find_value(query, name);
  return found ? *found : "";
}

TEST(WooCommercePing, IsAnsweredWith200AndStartsNothing) {
  Driver driver = shop();
  driver.connection.erase("webhook_secret");  // the shop pings before anybody has typed it in
  const Pairs form{{"content-type", "application/x-www-form-urlencoded"}};
  const Answer answer = driver.receive({.headers = form, .body = "webhook_id=142"});
  EXPECT_EQ(answer.http_status(), 200);
  EXPECT_EQ(answer.events().size(), 0u);
  for (const char* body : {"webhook_id=", "webhook_id=1&x=2", "webhook_id=abc", "{\"id\":1}", ""})
    EXPECT_EQ(driver.receive({.headers = form, .body = body}).http_status(), 401) << body;
  Pairs with_topic = form;
  with_topic.emplace_back("X-WC-Webhook-Topic", "order.created");
  EXPECT_EQ(driver.receive({.headers = with_topic, .body = "webhook_id=142"}).http_status(), 401);
}

TEST(WooCommerceDelivery, OfATopicThatNobodyKnowsIsAnsweredWith200) {
  Driver driver = shop();
  for (const char* topic : {"subscription.created", "order.exploded", "customer.restored"}) {
    Request request = driver.signed_sample("order_created", R"({"id":1})");
    for (auto& [name, text] : request.headers)
      if (same_name(name, "x-wc-webhook-topic")) text = topic;
    const Answer answer = driver.receive(request);
    EXPECT_EQ(answer.http_status(), 200) << topic;
    EXPECT_EQ(answer.events().size(), 0u) << topic;
  }
}

TEST(WooCommerceDelivery, WithoutTopicOrJsonSaysSo) {
  Driver driver = shop();
  Request request = driver.signed_sample("order_created", "not json");
  EXPECT_EQ(driver.receive(request).http_status(), 400);
  request = driver.signed_sample("order_created", R"({"id":1})");
  std::erase_if(request.headers,
                [](const auto& header) { return same_name(header.first, "x-wc-webhook-topic"); });
  const Answer answer = driver.receive(request);
  EXPECT_EQ(answer.http_status(), 400);
  EXPECT_NE(answer.message().find("proxy"), std::string::npos);
}

TEST(WooCommerceDelivery, ASecretWithEntitiesIsDecodedAsTheShopDoes) {
  Driver driver = shop();
  driver.connection.set("webhook_secret", "a&amp;b&lt;c");
  Request request{.headers = {{"X-WC-Webhook-Topic", "order.created"}}, .body = R"({"id":1})"};
  driver.connection.set("webhook_secret", "a&b<c");
  request = driver.signed_sample("order_created", R"({"id":1})");
  driver.connection.set("webhook_secret", "a&amp;b&lt;c");
  EXPECT_EQ(driver.receive(request).http_status(), 200);
}

TEST(WooCommerceDelivery, MayBeSignedWithTheSecretBefore) {
  Driver driver = shop();
  const Request old = driver.signed_sample("order_created", R"({"id":1})");
  driver.connection.set("webhook_secret", "new");
  EXPECT_EQ(driver.receive(old).http_status(), 401);
  driver.connection.set("old_webhook_secret", "bee");
  EXPECT_EQ(driver.receive(old).http_status(), 200);
}

TEST(WooCommerceDelivery, TwoChangesOfOneSecondAreTwoAndARepeatIsOne) {
  Driver driver = shop();
  const auto key = [&](const std::string& body) {
    return driver.receive(driver.signed_sample("order_updated", body)).event().text("dedupe_key");
  };
  const std::string a = R"({"id":1,"status":"pending","date_modified_gmt":"2026-11-23T08:00:00"})";
  const std::string b = R"({"id":1,"status":"completed","date_modified_gmt":"2026-11-23T08:00:00"})";
  EXPECT_NE(key(a), key(b));
  EXPECT_EQ(key(a), key(a));
  EXPECT_TRUE(key(a).starts_with("order.updated:1:2026-11-23T08:00:00:"));
}

TEST(WooCommerceAuth, BasicOverHttps) {
  Driver driver = shop();
  driver.script = {json({{"id", 7}})};
  ASSERT_TRUE(driver.act("get_order", {{"id", 7}}).done());
  EXPECT_EQ(driver.sent[0].url, "https://shop.example.com/wp-json/wc/v3/orders/7");
  EXPECT_EQ(driver.sent[0].header("authorization"), "Basic " + to_base64("ck_a:cs_b"));
}

TEST(WooCommerceAuth, QueryWhenTheConnectionSaysSoAndOnlyOverHttps) {
  Driver driver = shop();
  driver.connection.set("auth", "query");
  driver.script = {json({{"id", 7}})};
  ASSERT_TRUE(driver.act("get_order", {{"id", 7}}).done());
  EXPECT_EQ(driver.sent[0].header("authorization"), "");
  EXPECT_EQ(value(driver.sent[0].query(), "consumer_secret"), "cs_b");
  driver.connection.set("url", "http://shop.example.com");
  EXPECT_EQ(driver.act("get_order", {{"id", 7}}).next(), "invalid");
  EXPECT_TRUE(driver.sent.empty());
}

TEST(WooCommerceAuth, OAuth1OverPlainHttpWithANonceForEachRequest) {
  Driver driver = shop();
  driver.connection.set("url", "http://127.0.0.1:39420");
  driver.world = [](const Outgoing&) { return json(Json::array()); };
  ASSERT_TRUE(driver.act("list_orders", {{"modified_after", "2026-01-01T00:00:00"}}).done());
  const Pairs first = driver.sent[0].query();
  EXPECT_EQ(driver.sent[0].header("authorization"), "");
  EXPECT_EQ(value(first, "oauth_signature_method"), "HMAC-SHA256");
  EXPECT_EQ(value(first, "oauth_consumer_key"), "ck_a");
  EXPECT_EQ(from_base64(value(first, "oauth_signature")).value_or("").size(), 32u);
  EXPECT_EQ(driver.sent[0].url.find("cs_b"), std::string::npos);
  driver.attempt = 2;
  ASSERT_TRUE(driver.act("list_orders", {{"modified_after", "2026-01-01T00:00:00"}}).done());
  EXPECT_NE(value(driver.sent[0].query(), "oauth_nonce"), value(first, "oauth_nonce"));
}

/// A shop with a memory: what is created is found again.
struct StandIn {
  Json orders = Json::array();
  int created = 0;
  bool answer_lost = false;

  Canned operator()(const Outgoing& request) {
    const std::string url = request.url_without_query();
    if (request.method == "GET" && url.ends_with("/orders"))
      return json(orders, 200, {{"X-WP-TotalPages", "1"}});
    if (request.method == "GET") {
      for (const Json& order : orders.items())
        if (url.ends_with("/orders/" + order.text("id"))) return json(order);
      return json({{"code", "woocommerce_rest_shop_order_invalid_id"},
                   {"message", "Invalid ID."},
                   {"data", {{"status", 404}}}},
                  404);
    }
    Json order = parse(request.body);
    order.set("id", ++created);
    order.set("date_created_gmt", "2026-11-23T08:00:00");
    orders.items().insert(orders.items().begin(), order);
    if (answer_lost) return {.status = 0};
    return json(order, 201);
  }
};

TEST(WooCommerceCreateOrder, IsCreatedOnceThoughTheAnswerWasLost) {
  Driver driver = shop();
  StandIn stand_in{.answer_lost = true};
  driver.world = std::ref(stand_in);
  const Json input{
      {"line_items",
       Json::array({Json{{"product_id", 1}, {"quantity", 1}, {"total", Json::number("10.10")}}})}};
  EXPECT_EQ(driver.act("create_order", input).next(), "retry");
  EXPECT_EQ(stand_in.created, 1);
  stand_in.answer_lost = false;
  for (const int attempt : {1, 2, 3}) {
    driver.attempt = attempt;
    const Answer answer = driver.act("create_order", input);
    ASSERT_TRUE(answer.done()) << answer.message();
    EXPECT_EQ(answer.output().at("id").as_int(), 1);
  }
  EXPECT_EQ(stand_in.created, 1);
  EXPECT_EQ(stand_in.orders.at(std::size_t{0}).at("line_items").at(std::size_t{0}).at("total").as_string(),
            "10.10")
      << "money is sent as text";
  driver.idempotency_key = "another step";
  ASSERT_TRUE(driver.act("create_order", input).done());
  EXPECT_EQ(stand_in.created, 2);
}

/// A busy shop: `newer` orders or products came behind the marked one, an hour apart.
struct BusyShop {
  std::size_t newer = 0;
  std::string key = {};  // of the mark; none: there is no marked one
  int created = 0;

  Json resource(std::size_t place) const {  // place 0 is the newest
    const std::int64_t now_ms = 1'795'420'800'000, hour_ms = 3'600'000;
    Json out{{"id", static_cast<std::int64_t>(100'000 - place)},
             {"date_created_gmt",
              to_rfc3339(from_unix_ms(now_ms - static_cast<std::int64_t>(place) * hour_ms)).substr(0, 19)}};
    out.set("meta_data", place == newer && !key.empty()
                             ? Json::array({Json{{"key", "_waggle_id"}, {"value", key}}})
                             : Json::array());
    return out;
  }

  Canned operator()(const Outgoing& request) {
    if (request.method == "POST") {
      ++created;
      return json({{"id", 200'000}}, 201);
    }
    const std::string url = request.url_without_query();
    if (!url.ends_with("s")) return json(resource(100'000 - std::stoul(url.substr(url.rfind('/') + 1))));
    const std::size_t begin = (std::stoul(value(request.query(), "page")) - 1) * 100;
    Json items = Json::array();
    for (std::size_t place = begin; place < begin + 100 && place <= newer; ++place)
      items.push(resource(place));
    return json(items);
  }
};

TEST(WooCommerceMark, IsFoundHoweverLongTheRunWaited) {
  for (const auto& [action, input] : {std::pair<std::string, Json>{"create_order", Json::object()},
                                      {"create_product", {{"name", "Candle"}}}}) {
    for (const std::size_t newer : {std::size_t{0}, std::size_t{99}, std::size_t{100}, std::size_t{2500}}) {
      Driver driver = shop();
      BusyShop busy{.newer = newer, .key = driver.idempotency_key};
      driver.world = std::ref(busy);
      driver.attempt = 2;
      // 2500 hours are 104 days: a plan of one's own, or a run that was parked. Told or not when it began.
      for (const bool told : {false, true}) {
        driver.run_began_ms =
            told ? driver.now_ms - static_cast<std::int64_t>(newer) * 3'600'000 - 60'000 : 0;
        const Answer answer = driver.act(action, input);
        ASSERT_TRUE(answer.done()) << action << newer << answer.message();
        EXPECT_EQ(answer.output().at("id").as_int(), static_cast<std::int64_t>(100'000 - newer));
        EXPECT_EQ(busy.created, 0) << action << newer;
      }
    }
  }
}

TEST(WooCommerceMark, IsLookedForAmongWhatIsNotOlderThanTheRun) {
  Driver driver = shop();
  BusyShop busy{.newer = 50'000};
  driver.world = std::ref(busy);
  driver.attempt = 2;
  driver.run_began_ms = driver.now_ms - 60'000;
  ASSERT_TRUE(driver.act("create_order", Json::object()).done());
  EXPECT_EQ(driver.sent.size(), 11u) << "ten pages, however old, and the order";
  driver.run_began_ms = driver.now_ms - std::int64_t{2000} * 3'600'000;
  ASSERT_TRUE(driver.act("create_order", Json::object()).done());
  EXPECT_EQ(driver.sent.size(), 23u)
      << "2000 hours, two days of slack, the page that is all older, the order";
  driver.attempt = 1;
  ASSERT_TRUE(driver.act("create_order", Json::object()).done());
  EXPECT_EQ(driver.sent.size(), 2u);
  EXPECT_EQ(busy.created, 3);
}

TEST(WooCommerceMark, ThatCannotBeLookedForToTheEndCreatesNothing) {
  Driver driver = shop();
  BusyShop busy{.newer = 99'998};  // the last page is the thousandth, and not full
  driver.world = std::ref(busy);
  driver.attempt = 2;
  EXPECT_TRUE(driver.act("create_order", Json::object()).done());
  EXPECT_EQ(busy.created, 1);
  busy.newer = 99'999;
  const Answer answer = driver.act("create_order", Json::object());
  EXPECT_EQ(answer.next(), "failed");
  EXPECT_EQ(answer.head.text("code"), "too_many_to_look_through") << answer.head.dump();
  EXPECT_EQ(busy.created, 1);
}

TEST(WooCommerceList, GoesThroughAllPagesUpToTheLimit) {
  Driver driver = shop();
  driver.world = [](const Outgoing& request) {
    const int page = std::stoi(value(request.query(), "page")),
              size = std::stoi(value(request.query(), "per_page"));
    Json items = Json::array();
    for (int i = 0; i < size && (page - 1) * size + i < 250; ++i)
      items.push(Json{{"id", (page - 1) * size + i}});
    return json(items, 200, {{"X-WP-Total", "250"}, {"X-WP-TotalPages", "3"}});
  };
  const Answer all = driver.act("list_orders", {{"limit", 1000}, {"status", "any"}});
  ASSERT_TRUE(all.done()) << all.message();
  EXPECT_EQ(all.output().at("items").size(), 250u);
  EXPECT_EQ(driver.sent.size(), 3u);
  EXPECT_EQ(value(driver.sent[2].query(), "status"), "any");
  EXPECT_EQ(driver.act("list_orders", {{"limit", 120}}).output().at("items").size(), 120u);
  EXPECT_EQ(driver.sent.size(), 2u);
}

struct Said {
  std::string body;
  int status;
  std::string next, code;
};

TEST(WooCommerceErrors, AreNamedByWhatToDo) {
  const std::vector<Said> cases{
      {R"({"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":401}})", 401, "denied",
       "woocommerce_rest_cannot_view"},
      {R"({"code":"rest_invalid_param","message":"Invalid parameter(s): per_page","data":{"status":400,"params":{"per_page":"x"}}})",
       400, "invalid", "rest_invalid_param"},
      {R"({"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}})",
       404, "failed", "woocommerce_rest_shop_order_invalid_id"},
      {R"({"code":"internal_server_error","message":"critical","data":{"status":500}})", 500, "retry",
       "internal_server_error"},
      {"<html>403 by the firewall</html>", 403, "retry", "not_json"},
      {"<html>maintenance</html>", 503, "retry", "not_json"},
      {"<br />Warning: in /var/www {\"id\":1}", 200, "retry", "not_json"},
      {"<html>no such page</html>", 404, "failed", "not_the_api"},
  };
  Driver driver = shop();
  for (const auto& [body, status, next, code] : cases) {
    driver.script = {{.status = status, .body = body, .headers = {{"retry-after", "7"}}}};
    const Answer answer = driver.act("get_order", {{"id", 1}});
    EXPECT_EQ(answer.next(), next) << body;
    EXPECT_EQ(answer.head.text("code"), code) << answer.message();
  }
  EXPECT_EQ(driver.act("get_order", {{"id", "1/../../users"}}).next(), "invalid");
  EXPECT_TRUE(driver.sent.empty());
}

TEST(WooCommerceCheck, TellsABadKeyFromADeadNetwork) {
  Driver driver = shop();
  driver.script = {json(Json::array())};
  EXPECT_EQ(driver.check().head.text("account"), "https://shop.example.com/");
  driver.script = {json(
      {{"code", "woocommerce_rest_authentication_error"}, {"message", "Consumer key is invalid."}}, 401)};
  EXPECT_EQ(driver.check().next(), "denied");
  driver.script = {{.status = 0}};
  EXPECT_EQ(driver.check().next(), "retry");
}

}  // namespace
}  // namespace waggle::test
