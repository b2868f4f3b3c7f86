// HTTP: what is sent, where credentials go, pages, and which answers are errors.
#include <gtest/gtest.h>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

Canned json(const Json& body, int status = 200, Pairs headers = {}) {
  headers.emplace_back("Content-Type", "application/json");
  return {.status = status, .body = body.dump(), .headers = std::move(headers)};
}

const std::string u = "https://api.example.com/items";

TEST(HttpRequest, SendsWhatTheFlowSays) {
  Driver http("http");
  http.script = {json({{"ok", true}})};
  const Json input{{"url", u + "?a=1#x"},
                   {"query", {{"b", "ü &"}, {"c", Json::array({1, 2})}, {"none", nullptr}}},
                   {"headers", {{"X-One", "1"}, {"Content-Type", "application/vnd.x+json"}}},
                   {"json", {{"n", Json::number("100.00")}}}};
  const Answer answer = http.act("post", input);
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_EQ(http.sent[0].url, u + "?a=1&b=%C3%BC%20%26&c=1&c=2#x");
  EXPECT_EQ(http.sent[0].body, "{\"n\":100.00}");
  EXPECT_EQ(http.sent[0].header("content-type"), "application/vnd.x+json");
  EXPECT_EQ(http.sent[0].header("x-one"), "1");
  EXPECT_EQ(answer.output().at("body").at("ok").as_bool(), true);
  EXPECT_EQ(answer.output().at("headers").text("content-type"), "application/json");
}

TEST(HttpRequest, CarriesTheStepsKeyOnMethodsThatChangeSomething) {
  Driver http("http");
  http.world = [](const Outgoing&) { return json(Json::object()); };
  for (const auto& [action, expected] : {std::pair<std::string, std::string>{"get", ""},
                                         {"post", "run-1/step-1"},
                                         {"put", "run-1/step-1"},
                                         {"patch", "run-1/step-1"},
                                         {"delete", "run-1/step-1"}}) {
    ASSERT_TRUE(http.act(action, {{"url", u}}).done()) << action;
    EXPECT_EQ(http.sent[0].header("idempotency-key"), expected) << action;
  }
  ASSERT_TRUE(http.act("post", {{"url", u}, {"idempotency_key", false}}).done());
  EXPECT_EQ(http.sent[0].header("idempotency-key"), "");
  ASSERT_TRUE(http.act("post", {{"url", u}, {"headers", {{"Idempotency-Key", "mine"}}}}).done());
  EXPECT_EQ(http.sent[0].header("idempotency-key"), "mine");
}

TEST(HttpRequest, ThatMakesNoSenseIsRefusedBeforeItIsSent) {
  Driver http("http");
  const std::vector<Json> inputs{{{"url", "ftp://example.com"}},
                                 {{"url", "/relative"}},
                                 {{"url", "https://"}},
                                 {{"url", "https://user:pw@example.com/"}},
                                 {{"url", "https://a b/"}},
                                 {{"url", u}, {"headers", {{"X", "a\r\nHost: evil"}}}},
                                 {{"url", u}, {"headers", {{"X Y", "a"}}}},
                                 {{"url", u}, {"json", 1}, {"body", "x"}}};
  for (const Json& input : inputs) {
    EXPECT_EQ(http.act("post", input).next(), "invalid") << input.dump();
    EXPECT_TRUE(http.sent.empty()) << input.dump();
  }
  for (const char* method : {"", "GET /", "CONNECT", "TRACE", "G\r\nT"})
    EXPECT_EQ(http.act("request", {{"url", u}, {"method", method}}).next(), "invalid") << method;
}

struct Auth {
  Json connection;
  std::string header, expected;
};

TEST(HttpAuth, ShowsTheCredentialsOfTheConnection) {
  const std::vector<Auth> kinds{{{{"auth", "basic"}, {"username", "bee"}, {"password", "p:w"}},
                                 "authorization",
                                 "Basic " + to_base64("bee:p:w")},
                                {{{"auth", "bearer"}, {"token", "t1"}}, "authorization", "Bearer t1"},
                                {{{"auth", "header"}, {"token", "t1"}}, "x-api-key", "t1"},
                                {{{"auth", "header"}, {"token", "t1"}, {"name", "X-Own"}}, "x-own", "t1"},
                                {{{"auth", "none"}}, "authorization", ""}};
  for (const auto& [connection, header, expected] : kinds) {
    Driver http("http");
    http.connection = connection;
    http.connection.set("base_url", "https://api.example.com/v1/");
    http.script = {json(Json::object())};
    ASSERT_TRUE(http.act("get", {{"url", "/items"}}).done()) << connection.dump();
    EXPECT_EQ(http.sent[0].url, "https://api.example.com/v1/items");
    EXPECT_EQ(http.sent[0].header(header), expected) << connection.dump();
  }
  Driver http("http");
  http.connection = {
      {"auth", "query"}, {"token", "t 1"}, {"name", "key"}, {"base_url", "https://api.example.com"}};
  http.script = {json(Json::object())};
  ASSERT_TRUE(http.act("get", {{"url", "items?a=1"}}).done());
  EXPECT_EQ(http.sent[0].url, "https://api.example.com/items?a=1&key=t%201");
}

TEST(HttpAuth, GoesNowhereElse) {
  Driver http("http");
  http.connection = {{"auth", "bearer"}, {"token", "t1"}, {"base_url", "https://api.example.com/v1"}};
  for (const char* url : {"https://evil.example.com/", "http://api.example.com/",
                          "https://api.example.com:8443/", "https://api.example.com.evil.org/",
                          "https://api.example.com@evil.org/", "https://api.example.com\\@evil.org/"}) {
    EXPECT_EQ(http.act("get", {{"url", url}}).next(), "invalid") << url;
    EXPECT_TRUE(http.sent.empty()) << url;
  }
  http.script = {json(Json::object())};
  EXPECT_TRUE(http.act("get", {{"url", "HTTPS://API.example.com:443/other"}}).done())
      << "the same origin, written otherwise";
  http.connection.erase("base_url");
  EXPECT_EQ(http.act("get", {{"url", u}}).head.text("code"), "no_base_url");
}

TEST(HttpAuth, OAuth2FetchesATokenFirst) {
  Driver http("http");
  http.connection = {{"auth", "oauth2"},      {"token_url", "https://login.example.com/token"},
                     {"client_id", "id"},     {"client_secret", "s&c"},
                     {"scope", "read write"}, {"base_url", "https://api.example.com"}};
  http.script = {json({{"access_token", "tok"}, {"token_type", "bearer"}}), json(Json::object())};
  ASSERT_TRUE(http.act("get", {{"url", "/items"}}).done());
  EXPECT_EQ(http.sent[0].body, "grant_type=client_credentials&scope=read%20write");
  EXPECT_EQ(http.sent[0].header("authorization"), "Basic " + to_base64("id:s%26c"));
  EXPECT_EQ(http.sent[1].header("authorization"), "Bearer tok");
  http.script = {json({{"error", "invalid_client"}}, 401)};
  EXPECT_EQ(http.act("get", {{"url", "/items"}}).next(), "denied");
}

TEST(HttpAnswer, IsAnErrorOrNotAsTheFlowSays) {
  Driver http("http");
  struct Row {
    int status;
    std::string four, five;  // with fail_on 4xx and 5xx
  };
  for (const Row& row : {Row{200, "", ""},
                         {204, "", ""},
                         {302, "failed", ""},
                         {400, "failed", ""},
                         {401, "denied", ""},
                         {404, "failed", ""},
                         {408, "retry", "retry"},
                         {429, "retry", "retry"},
                         {500, "retry", "retry"},
                         {503, "retry", "retry"}}) {
    http.world = [&](const Outgoing&) {
      return Canned{.status = row.status, .body = "x", .headers = {{"Retry-After", "5"}}};
    };
    EXPECT_EQ(http.act("get", {{"url", u}}).next(), row.four) << row.status;
    EXPECT_EQ(http.act("get", {{"url", u}, {"fail_on", "5xx"}}).next(), row.five) << row.status;
    const Answer never = http.act("get", {{"url", u}, {"fail_on", "never"}});
    ASSERT_TRUE(never.done()) << row.status;
    EXPECT_EQ(never.output().at("status").as_int(), row.status);
  }
}

TEST(HttpAnswer, IsJsonTextOrBytes) {
  Driver http("http");
  http.script = {{.status = 200,
                  .body = "{\"n\":12345678901234567890.10}",
                  .headers = {{"Content-Type", "application/problem+json; x"}}}};
  EXPECT_EQ(http.act("get", {{"url", u}}).output().at("body").at("n").number_text(),
            "12345678901234567890.10");
  http.script = {{.status = 200, .body = "{oops", .headers = {{"Content-Type", "application/json"}}}};
  EXPECT_EQ(http.act("get", {{"url", u}}).output().at("body").as_string(), "{oops");
  http.script = {{.status = 200, .body = "\x89PNG\xFF", .headers = {{"Content-Type", "image/png"}}}};
  EXPECT_EQ(http.act("get", {{"url", u}}).output().text("body_base64"), to_base64("\x89PNG\xFF"));
}

TEST(HttpPaging, FollowsLinksCursorsAndPages) {
  Driver http("http");
  const Json one = Json::array({1, 2}), two = Json::array({3});
  http.script = {json(one, 200, {{"Link", "<" + u + "?p=0>; rel=\"prev\", <" + u + "?p=2>; rel=\"next\""}}),
                 json(two)};
  Answer answer = http.act("get", {{"url", u}, {"paging", {{"kind", "link_header"}}}});
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_EQ(answer.output().at("body"), Json::array({1, 2, 3}));
  EXPECT_EQ(answer.output().at("pages").as_int(), 2);
  EXPECT_EQ(http.sent[1].url, u + "?p=2");

  http.script = {json({{"data", one}, {"meta", {{"next", "c=/2"}}}}),
                 json({{"data", two}, {"meta", {{"next", ""}}}})};
  answer = http.act("get", {{"url", u + "?cursor=0&x=1"},
                            {"paging", {{"kind", "cursor"}, {"items", "data"}, {"next", "meta.next"}}}});
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_EQ(answer.output().at("body").size(), 3u);
  EXPECT_EQ(http.sent[1].url, u + "?x=1&cursor=c%3D%2F2");

  http.script = {json(one), json(two), json(Json::array())};
  answer = http.act("get", {{"url", u}, {"paging", {{"kind", "page"}}}});
  EXPECT_EQ(answer.output().at("body").size(), 3u) << answer.message();
  EXPECT_EQ(http.sent[2].url, u + "?page=3");
}

/// The examples of RFC 3986, 5.4, as far as a request can follow them.
TEST(HttpPaging, TakesLinksAsTheyStandInTheAnswer) {
  const std::pair<std::string, std::string> links[] = {
      {"</v1/items?page=2>", "https://api.example.com/v1/items?page=2"},
      {"<?page=2>", "https://api.example.com/v1/items?page=2"},
      {"<?page=2#x>", "https://api.example.com/v1/items?page=2"},
      {"<items?page=2>", "https://api.example.com/v1/items?page=2"},
      {"<./b/c>", "https://api.example.com/v1/b/c"},
      {"<../v2/./x/..>", "https://api.example.com/v2/"},
      {"<../../../g>", "https://api.example.com/g"},
      {"<.>", "https://api.example.com/v1/"},
      {"<g;x=1/../y>", "https://api.example.com/v1/y"},
      {"<a?b=https://other.example/..>", "https://api.example.com/v1/a?b=https://other.example/.."},
      {"<//api.example.com/b>", "https://api.example.com/b"},
      {"<https://API.example.com:443/b>", "https://API.example.com:443/b"}};
  for (const auto& [link, expected] : links)
    for (const bool based : {false, true}) {
      Driver http("http");
      if (based) http.connection = {{"base_url", "https://api.example.com/v1"}};
      http.script = {json(Json::array({1}), 200, {{"Link", link + "; rel=\"next\""}}), json(Json::array())};
      const Answer answer =
          http.act("get", {{"url", based ? "/items?q=/a/" : "https://api.example.com/v1/items?q=/a/#f"},
                           {"paging", {{"kind", "link_header"}}}});
      ASSERT_TRUE(answer.done()) << link << answer.message();
      ASSERT_EQ(http.sent.size(), 2u) << link;
      EXPECT_EQ(http.sent[1].url, expected) << link;
    }
  for (const char* away : {"<//evil.example.org/>", "<http://api.example.com/b>", "<javascript:alert(1)>"}) {
    Driver http("http");
    http.script = {json(Json::array({1}), 200, {{"Link", std::string(away) + "; rel=next"}})};
    const Answer answer =
        http.act("get", {{"url", "https://api.example.com/v1/items"}, {"paging", {{"kind", "link_header"}}}});
    EXPECT_EQ(answer.head.text("code"), "other_origin") << away;
  }
  // The root has no path to stand beside.
  Driver http("http");
  http.script = {json(Json::array({1}), 200, {{"Link", "<b>; rel=next"}}), json(Json::array())};
  ASSERT_TRUE(http.act("get", {{"url", "https://api.example.com?a=1"}, {"paging", {{"kind", "link_header"}}}})
                  .done());
  EXPECT_EQ(http.sent[1].url, "https://api.example.com/b");
}

/// A part of a list never passes for the whole of it.
TEST(HttpPaging, SaysWhenTheListGoesOn) {
  Driver http("http");
  int last = 0;
  http.world = [&](const Outgoing& request) {
    const auto query = request.query();
    const std::string* const given = find_value(query, "page");
    const int page = given ? std::stoi(*given) : 1;
    if (page >= last) return json(Json::array({1}));
    return json(Json::array({1}), 200,
                {{"Link", "<" + u + "?page=" + std::to_string(page + 1) + ">; rel=next"}});
  };
  Json input{{"url", u}, {"paging", {{"kind", "link_header"}}}};
  for (const int pages : {1, 10}) {
    last = pages;
    const Answer whole = http.act("get", input);
    ASSERT_TRUE(whole.done()) << whole.message();
    EXPECT_EQ(whole.output().at("body").size(), static_cast<std::size_t>(pages));
    EXPECT_FALSE(whole.output().at("more").as_bool());
  }
  last = 11;
  const Answer longer = http.act("get", input);
  EXPECT_EQ(longer.next(), "failed");
  EXPECT_EQ(longer.head.text("code"), "too_many_pages");
  EXPECT_NE(longer.message().find("max_pages"), std::string::npos) << longer.message();
  for (const auto& [most, more] : {std::pair<int, bool>{5, true}, {10, true}, {11, false}, {1000, false}}) {
    input.set("max_pages", most);
    const Answer part = http.act("get", input);
    ASSERT_TRUE(part.done()) << part.message();
    EXPECT_EQ(part.output().at("pages").as_int(), std::min(most, last));
    EXPECT_EQ(part.output().at("more").as_bool(), more) << most;
  }
  // Numbered pages of a known size end at a short one; of an unknown size only at an empty one.
  http.world = [](const Outgoing& request) {
    return json(request.url.ends_with("=10") ? Json::array({1}) : Json::array({1, 2}));
  };
  const Answer sized = http.act("get", {{"url", u}, {"paging", {{"kind", "page"}, {"size", 2}}}});
  EXPECT_EQ(sized.output().at("body").size(), 19u) << sized.message();
  EXPECT_EQ(http.act("get", {{"url", u}, {"paging", {{"kind", "page"}}}}).head.text("code"),
            "too_many_pages");
}

TEST(HttpPaging, StaysAtItsHost) {
  Driver http("http");
  http.world = [](const Outgoing&) {
    return json(Json::array({1}), 200, {{"Link", "<https://evil.example.org/>; rel=\"next\""}});
  };
  const Answer away = http.act(
      "get",
      {{"url", u}, {"headers", {{"Authorization", "Bearer x"}}}, {"paging", {{"kind", "link_header"}}}});
  EXPECT_EQ(away.head.text("code"), "other_origin");
  EXPECT_EQ(http.sent.size(), 1u);
}

TEST(HttpCheck, TellsBadCredentialsFromADeadNetwork) {
  Driver http("http");
  http.connection = {
      {"auth", "bearer"}, {"token", "t1"}, {"base_url", "https://api.example.com"}, {"check_url", "/me"}};
  http.script = {json({{"name", "bee"}})};
  EXPECT_TRUE(http.check().done());
  EXPECT_EQ(http.sent[0].url, "https://api.example.com/me");
  http.script = {json(Json::object(), 401)};
  EXPECT_EQ(http.check().next(), "denied");
  http.script = {{.status = 0}};
  EXPECT_EQ(http.check().next(), "retry");
}

}  // namespace
}  // namespace waggle::test
