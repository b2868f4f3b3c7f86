// Webhook: what each kind of body becomes, and what is refused. Then the shared hostile inputs.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

namespace fs = std::filesystem;

Request post(const std::string& type, const std::string& body) {
  return {.headers = {{"Content-Type", type}}, .body = body};
}

/// The payload that flows see, or null when the request was refused.
Json payload(Driver& webhook, const Request& request, const Json& settings = {{"path", "/x"}}) {
  const Answer answer = webhook.receive(request, "default", settings);
  if (!answer.done() || answer.events().size() != 1) return {};
  return answer.event().contains("payload") ? answer.event().at("payload") : parse(request.body);
}

int status(Driver& webhook, const Request& request, const Json& settings = {{"path", "/x"}}) {
  return webhook.receive(request, "default", settings).http_status();
}

const std::string form_type = "application/x-www-form-urlencoded";

TEST(WebhookForms, BecomeObjectsOfTexts) {
  Driver webhook("webhook");
  const std::pair<std::string, std::string> cases[] = {
      {"Customer=john&value=20.00&item=book", R"({"Customer":"john","value":"20.00","item":"book"})"},
      {"a=1&a=2&a=3&b=", R"({"a":["1","2","3"],"b":""})"},
      {"a[b]=1&a[c][]=2&__proto__=x&constructor=y",
       R"({"a[b]":"1","a[c][]":"2","__proto__":"x","constructor":"y"})"},
      {"name=Zo%C3%AB+M%C3%BCller&sum=1%2B1%3D2&plus=a+b",
       R"({"name":"Zoë Müller","sum":"1+1=2","plus":"a b"})"},
      {"a=x%00y", R"({"a":"x\u0000y"})"},
      {"&&=&a", R"({"a":""})"},
      {"", "{}"},
  };
  for (const auto& [body, expected] : cases) {
    const Answer answer = webhook.receive(post(form_type, body), "default", {{"path", "/x"}});
    ASSERT_TRUE(answer.done()) << body << answer.message();
    EXPECT_EQ(answer.event().at("payload").dump(), parse(expected).dump()) << body;
  }
}

TEST(WebhookForms, FilesOfMultipartAreDataWithTheirNames) {
  Driver webhook("webhook");
  const std::string body =
      "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"Customer\"\r\n\r\njohn\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../etc/pa\\\"sswd\"\r\nContent-Type: "
      "text/plain; charset=utf-8\r\n\r\nGr\xC3\xBC\xC3\x9F"
      "e\r\n--not the end\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"p.png\"\r\nContent-Type: "
      "image/png\r\n\r\n\x89PNG\r\n\r\n"
      "--B--\r\nepilogue";
  const Json got = payload(webhook, post("multipart/form-data; boundary=\"B\"", body));
  EXPECT_EQ(got.text("Customer"), "john") << got.dump();
  ASSERT_EQ(got.at("f").size(), 2u) << got.dump();
  const Json& text = got.at("f").at(std::size_t{0});
  EXPECT_EQ(text.text("filename"), "../../etc/pa\"sswd");
  EXPECT_EQ(text.text("text"),
            "Gr\xC3\xBC\xC3\x9F"
            "e\r\n--not the end");
  const Json& picture = got.at("f").at(std::size_t{1});
  EXPECT_EQ(picture.text("base64"), to_base64("\x89PNG\r\n"));
  EXPECT_EQ(picture.at("size").as_int(), 6);
}

TEST(WebhookForms, LimitsHoldAtTheLimitAndOnePast) {
  Driver webhook("webhook");
  std::string fields, parts;
  for (int i = 0; i < 1000; ++i) {
    fields += "&f" + std::to_string(i) + "=1";
    parts += "--B\r\nContent-Disposition: form-data; name=\"f" + std::to_string(i) + "\"\r\n\r\n1\r\n";
  }
  EXPECT_EQ(payload(webhook, post(form_type, fields)).size(), 1000u);
  EXPECT_EQ(status(webhook, post(form_type, fields + "&one=more")), 413);
  const std::string type = "multipart/form-data; boundary=B";
  EXPECT_EQ(payload(webhook, post(type, parts + "--B--")).size(), 1000u);
  EXPECT_EQ(status(webhook,
                   post(type, parts + "--B\r\nContent-Disposition: form-data; name=\"g\"\r\n\r\n1\r\n--B--")),
            413);
  for (const auto& [size, expected] :
       {std::pair<std::size_t, int>{1024 * 1024, 200}, {1024 * 1024 + 1, 413}}) {
    const std::string file = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n" +
                             std::string(size, 'x') + "\r\n--B--";
    EXPECT_EQ(status(webhook, post(type, file)), expected) << size;
  }
  for (const auto& [size, expected] : {std::pair<std::size_t, int>{70, 200}, {71, 400}}) {
    const std::string boundary(size, 'b');
    EXPECT_EQ(status(webhook, post("multipart/form-data; boundary=" + boundary, "--" + boundary + "--")),
              expected)
        << size;
  }
}

TEST(WebhookJson, IsKeptByteForByte) {
  Driver webhook("webhook");
  const std::string body = "{ \"b\": 1.50, \"a\" : 820982911946154508, \"u\":\"\\u00e9\" }\n";
  for (const char* type : {"application/json", "application/json; charset=UTF-8", "Application/JSON",
                           "application/vnd.api+json"}) {
    const Answer answer = webhook.receive(post(type, body), "default", {{"path", "/x"}});
    ASSERT_TRUE(answer.done()) << type << answer.message();
    EXPECT_EQ(answer.event().text("payload_from"), "body") << type;
  }
}

TEST(WebhookXml, BecomesObjects) {
  Driver webhook("webhook");
  const Json got = payload(
      webhook,
      post("text/xml",
           "<?xml version=\"1.0\"?><order id=\"7\"><item>Book</item><item>Pen</item><note/></order>"));
  EXPECT_EQ(got, parse(R"({"order":{"@id":"7","item":["Book","Pen"],"note":""}})")) << got.dump();
  EXPECT_EQ(status(webhook, post("application/xml", "<a><b></a>")), 400);
  EXPECT_EQ(status(webhook, post("application/soap+xml",
                                 "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>")),
            400);
}

TEST(WebhookXml, MayBeAsDeepAsTheReaderAllows) {
  Driver webhook("webhook");
  const auto nested = [](std::size_t depth) {
    std::string begin = "<a>", end = "</a>";
    for (std::size_t i = 1; i < depth; ++i) {
      begin += "<b/><b>";
      end = "</b>" + end;
    }
    return begin + end;
  };
  EXPECT_EQ(status(webhook, post("text/xml", nested(64))), 200);
  EXPECT_EQ(status(webhook, post("text/xml", nested(65))), 400);
}

TEST(WebhookQuery, IsTakenWhenTheFlowSaysSo) {
  Driver webhook("webhook");
  const Request get{.method = "GET", .query = "Customer=john&value=20.00&item=book&item=pen"};
  EXPECT_EQ(status(webhook, get), 405);
  const Json settings{{"path", "/x"}, {"accept", Json::array({"query", "json"})}};
  EXPECT_EQ(payload(webhook, get, settings),
            parse(R"({"Customer":"john","value":"20.00","item":["book","pen"]})"));
  EXPECT_EQ(status(webhook, post(form_type, "a=1"), settings), 415) << "form is not in this flow's accept";
}

/// The signature of an empty body is always the same: it would let any query in.
TEST(WebhookQuery, IsRefusedWhereTheBodyIsWhatIsSigned) {
  Driver webhook("webhook");
  for (const char* preset : {"none", "basic", "bearer", "hmac_sha256", "standard_webhooks", "stripe",
                             "github", "shopify", "slack", "quickbooks", "xero"}) {
    const Json settings{{"path", "/x"},
                        {"accept", Json::array({"json", "query"})},
                        {"verify",
                         {{"preset", preset},
                          {"secret", std::string(preset) == "standard_webhooks" ? "whsec_AAAA" : "s1"},
                          {"header", std::string(preset) == "hmac_sha256" ? "x-sig" : ""}}}};
    Request request = webhook.signed_sample("default", "", settings);
    std::erase_if(request.headers, [](const auto& pair) { return pair.first == "content-type"; });
    request.query = "amount=1000000";
    const bool whole = std::string(preset) == "none" || std::string(preset).starts_with("b");
    for (const char* method : {"GET", "POST"}) {
      request.method = method;
      const Answer answer = webhook.receive(request, "default", settings);
      EXPECT_EQ(answer.http_status(), whole ? 200 : 403) << preset << method << answer.message();
      if (!whole) {
        EXPECT_EQ(answer.head.text("code"), "unsigned_query") << preset;
      }
    }
  }
}

TEST(WebhookMethods, ThatAreNotDeclaredAreRefused) {
  Driver webhook("webhook");
  for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"}) {
    Request request = post("application/json", "{}");
    request.method = method;
    EXPECT_EQ(status(webhook, request), 405) << method;
  }
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    Request request = post("application/json", "{}");
    request.method = method;
    EXPECT_EQ(status(webhook, request), 200) << method;
    EXPECT_EQ(status(webhook, request, {{"path", "/x"}, {"methods", Json::array({"post"})}}),
              std::string(method) == "POST" ? 200 : 405);
  }
}

TEST(WebhookTypes, ThatAreNotUnderstoodAreRefusedWhateverTheBodyLooksLike) {
  Driver webhook("webhook");
  for (const char* type : {"text/plain", "application/octet-stream", "text/html", "application/jsonp", "json",
                           "application/json; charset=latin1"})
    EXPECT_EQ(status(webhook, post(type, "{\"a\":1}")), 415) << type;
  EXPECT_EQ(status(webhook, Request{.body = "{\"a\":1}"}), 415);
}

TEST(WebhookDelivery, HasTheIdOfTheHeaderThatTheFlowNames) {
  Driver webhook("webhook");
  Request request = post("application/json", "{}");
  request.headers.emplace_back("X-Request-Id", "abc-1");
  const Json settings{{"path", "/x"}, {"delivery_id_header", "X-Request-Id"}};
  EXPECT_EQ(webhook.receive(request, "default", settings).event().text("dedupe_key"), "abc-1");
  EXPECT_EQ(webhook.receive(request, "default", {{"path", "/x"}}).event().text("dedupe_key"), "");
}

struct Scheme {
  std::string name;
  Json verify;
};

TEST(WebhookSchemes, AcceptWhatTheySignAndNothingElse) {
  Driver webhook("webhook");
  const std::vector<Scheme> schemes{
      {"plain hex", {{"preset", "hmac_sha256"}, {"secret", "s1"}, {"header", "X-Sig"}}},
      {"prefixed base64",
       {{"preset", "hmac_sha256"},
        {"secret", "s1"},
        {"header", "X-Sig"},
        {"encoding", "base64"},
        {"prefix", "v1="}}},
      {"with time",
       {{"preset", "hmac_sha256"},
        {"secret", "s1"},
        {"header", "X-Sig"},
        {"timestamp_header", "X-Time"},
        {"signed", "{timestamp}:{body}"}}},
      {"standard", {{"preset", "standard_webhooks"}, {"secret", "whsec_d2FnZ2xlLXNlY3JldC1mb3ItdGVzdHM="}}},
      {"stripe", {{"preset", "stripe"}, {"secret", "whsec_x"}}},
      {"github", {{"preset", "github"}, {"secret", "s1"}}},
      {"slack", {{"preset", "slack"}, {"secret", "s1"}}},
      {"shopify", {{"preset", "shopify"}, {"secret", "s1"}}},
      {"quickbooks", {{"preset", "quickbooks"}, {"secret", "s1"}}},
      {"xero", {{"preset", "xero"}, {"secret", "s1"}}},
      {"basic", {{"preset", "basic"}, {"secret", "pa:ss"}, {"username", "bee"}}},
      {"bearer", {{"preset", "bearer"}, {"secret", "t0ken"}}},
      {"token in a header of its own", {{"preset", "bearer"}, {"secret", "t0ken"}, {"header", "X-Token"}}}};
  for (const auto& [name, verify] : schemes) {
    const Json settings{{"path", "/x"}, {"verify", verify}};
    const Request good = webhook.signed_sample("default", R"({"id":"evt_1"})", settings);
    EXPECT_EQ(status(webhook, good, settings), 200) << name;

    Json wrong = verify;
    wrong.set("secret", verify.text("preset") == "standard_webhooks" ? "whsec_AAAA" : "other");
    EXPECT_EQ(status(webhook, good, {{"path", "/x"}, {"verify", wrong}}), 401) << name;
    Json rotated = wrong;
    rotated.set("secrets", Json::array({verify.text("secret")}));
    EXPECT_EQ(status(webhook, good, {{"path", "/x"}, {"verify", rotated}}), 200)
        << name << ": both secrets count while one is replaced";

    const std::string preset = verify.text("preset");
    Request changed = good;
    changed.body = R"({"id":"evt_2"})";
    EXPECT_EQ(status(webhook, changed, settings), preset == "basic" || preset == "bearer" ? 200 : 401)
        << name;
    for (std::size_t i = 0; i < good.headers.size(); ++i) {
      if (same_name(good.headers[i].first, "content-type") ||
          same_name(good.headers[i].first, "x-github-delivery") ||
          same_name(good.headers[i].first, "x-shopify-event-id"))
        continue;
      for (const std::string& bad : {std::string(), good.headers[i].second + "0",
                                     good.headers[i].second.substr(0, good.headers[i].second.size() - 1)}) {
        Request broken = good;
        broken.headers[i].second = bad;
        EXPECT_EQ(status(webhook, broken, settings), 401)
            << name << " " << good.headers[i].first << "=" << bad;
      }
      Request twice = good;
      twice.headers.push_back(good.headers[i]);
      EXPECT_EQ(status(webhook, twice, settings), 401) << name << ": " << good.headers[i].first << " twice";
      Request without = good;
      without.headers.erase(without.headers.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_EQ(status(webhook, without, settings), 401) << name;
    }
    const bool timed = preset == "stripe" || preset == "slack" || preset == "standard_webhooks" ||
                       verify.contains("timestamp_header");
    for (const auto& [away, expected] :
         {std::pair<int, int>{300, 200}, {-300, 200}, {301, timed ? 401 : 200}, {-301, timed ? 401 : 200}}) {
      webhook.now_ms += away * 1000;
      EXPECT_EQ(status(webhook, good, settings), expected) << name << " " << away;
      webhook.now_ms -= away * 1000;
    }
  }
}

/// Its ping is unsigned, so a flow with a preset would never be made active by the shop.
TEST(WebhookWooCommerce, IsLeftToItsConnector) {
  Driver webhook("webhook");
  const Json settings{{"path", "/x"}, {"verify", {{"preset", "woocommerce"}, {"secret", "s1"}}}};
  const Answer answer = webhook.receive(post(form_type, "webhook_id=5"), "default", settings);
  EXPECT_EQ(answer.head.text("code"), "unknown_preset");
  EXPECT_NE(answer.message().find("the connector woocommerce"), std::string::npos) << answer.message();
}

TEST(WebhookXero, RefusesWithoutAWord) {
  Driver webhook("webhook");
  const Json settings{{"path", "/x"}, {"verify", {{"preset", "xero"}, {"secret", "s1"}}}};
  Request request = webhook.signed_sample("default", R"({"events":[]})", settings);
  EXPECT_EQ(status(webhook, request, settings), 200);
  request.body += " ";
  const Answer answer = webhook.receive(request, "default", settings);
  EXPECT_EQ(answer.http_status(), 401);
  EXPECT_TRUE(answer.head.at("without_body").as_bool()) << answer.head.dump();
  EXPECT_FALSE(answer.message().empty()) << "the log says why";
}

TEST(WebhookConnection, MayHoldTheSecretAndTheOneBefore) {
  Driver webhook("webhook");
  const Json settings{{"path", "/x"}, {"verify", {{"preset", "github"}}}};
  webhook.connection = {{"secret", "new"}};
  const Request by_new = webhook.signed_sample("default", "{}", settings);
  webhook.connection = {{"secret", "old"}};
  const Request by_old = webhook.signed_sample("default", "{}", settings);
  webhook.connection = {{"secret", "new"}, {"old_secret", "old"}};
  EXPECT_EQ(status(webhook, by_new, settings), 200);
  EXPECT_EQ(status(webhook, by_old, settings), 200);
  webhook.connection = {{"secret", "new"}};
  EXPECT_EQ(status(webhook, by_old, settings), 401);
}

TEST(WebhookConnection, WithASecretButNoWordOnHowToUseItLetsNobodyIn) {
  Driver webhook("webhook");
  webhook.connection = {{"secret", "s"}};
  const Request request = post("application/json", "{}");
  EXPECT_EQ(status(webhook, request), 401);
  EXPECT_EQ(status(webhook, request, {{"path", "/x"}, {"verify", {{"secret", "s"}}}}), 401);
  EXPECT_EQ(status(webhook, request, {{"path", "/x"}, {"verify", {{"preset", "none"}}}}), 200)
      << "said in so many words";
}

/// form/*.body with the content type of the index, xml/*.xml: refused or taken as the index says, each within
/// a second.
TEST(BadInputs, FormsAndXmlComeOutAsMarked) {
  const fs::path folder = shared() / "bad-inputs";
  if (!fs::exists(folder)) GTEST_SKIP() << "the shared bad inputs are not here";
  Driver webhook("webhook");
  std::istringstream index(read_file(folder / "INDEX.tsv"));
  int tried = 0;
  for (std::string line; std::getline(index, line);) {
    if (!line.starts_with("form/") && !line.starts_with("xml/")) continue;
    std::vector<std::string> columns;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) columns.push_back(cell);
    const std::string file = columns[0], expected = columns[2], note = columns.back();
    std::string type = "application/xml";
    if (file.starts_with("form/")) {
      type = note.substr(std::string("Content-Type: ").size());
      // "...; boundary=X; remark": the remark is not part of the type.
      const auto remark = type.rfind("; ");
      if (remark != std::string::npos && type.substr(remark + 2, 9) != "boundary=") type.resize(remark);
    }
    const auto begin = std::chrono::steady_clock::now();
    const int got = status(webhook, post(type, read_file(folder / file)));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1)) << file;
    ++tried;
    if (expected == "accept" || expected == "preserve" || expected == "inert") {
      EXPECT_EQ(got, 200) << file << " " << note;
    } else if (expected == "reject") {
      EXPECT_TRUE(got == 400 || got == 413 || got == 415) << file << " " << got << " " << note;
    } else {
      EXPECT_TRUE(got == 200 || (got >= 400 && got < 500)) << file << " " << got;
    }
  }
  EXPECT_GT(tried, 50);
}

}  // namespace
}  // namespace waggle::test
