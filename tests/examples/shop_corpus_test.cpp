// The example shop takes what real WooCommerce installations sent, and refuses what nobody signed with its
// secret.
#include <gtest/gtest.h>

#include <future>
#include <set>

#include <waggle/json.hpp>

#include "core/http/client.hpp"
#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

namespace fs = std::filesystem;

fs::path shared_data() {
  const char* set = std::getenv("WAGGLE_SHARED");
  return set != nullptr ? fs::path(set) : fs::path(WAGGLE_SOURCE_DIR) / "../shared";
}

/// The cases of the corpus that say what must happen, by the secret that they were signed with.
std::map<std::string, std::vector<Json>> cases_by_secret() {
  std::map<std::string, std::vector<Json>> cases;
  for (const char* kind : {"vectors", "deliveries"}) {
    const fs::path folder = shared_data() / "corpus/woocommerce" / kind;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      auto json = Json::parse(content_of(entry.path()));
      EXPECT_TRUE(json.ok()) << entry.path();
      if (!json.ok() || !json->contains("expected")) continue;
      json->set("file", entry.path().filename().string());
      cases[json->text("secret")].push_back(std::move(*json));
    }
  }
  return cases;
}

class Poster {
 public:
  ~Poster() { loops_->stop(); }

  /// 0 when nobody answered.
  int post(const std::string& url, const Json& delivery) {
    // What the connection itself says anew, as a proxy would.
    static const std::set<std::string> of_the_connection = {"Host", "Content-Length", "Connection",
                                                            "Accept-Encoding"};
    http::OutboundRequest request;
    request.method = "POST";
    request.url = url;
    request.body = delivery.text("body");
    for (const auto& [name, value] : delivery.at("headers").members())
      if (of_the_connection.count(name) == 0) request.headers.emplace_back(name, value.to_text());
    std::promise<int> status;
    loops_->at(0).post([&] {
      if (!client_) client_ = std::make_unique<http::Client>(loops_->at(0));
      client_->send(std::move(request), [&](Result<http::OutboundResponse> answer) {
        status.set_value(answer.ok() ? answer->status : 0);
      });
    });
    return status.get_future().get();
  }

 private:
  std::unique_ptr<http::Loops> loops_ = http::Loops::start(1, 1);
  std::unique_ptr<http::Client> client_;
};

TEST(ShopCorpus, EveryDeliveryIsAcceptedOrRefusedAsItsIndexSaysAndThePingGets200) {
  const auto cases = cases_by_secret();
  if (cases.empty()) GTEST_SKIP() << "the shared corpus is not here; set WAGGLE_SHARED to its folder";
  int pings = 0;
  for (const auto& [secret, deliveries] : cases) {
    const Folder data;
    const Environment environment{{"SHOP_SECRET", secret},
                                  {"SLACK_TOKEN", "xoxb-nobody"},
                                  {"SLACK_URL", "http://127.0.0.1:9"},  // the discard port: nobody answers
                                  {"LEDGER", data / "shop.journal"}};
    Background shop(
        {"up", WAGGLE_SOURCE_DIR "/examples/shop", "--listen", "127.0.0.1:0", "--data", data / "data"},
        environment);
    const std::string address = shop.address();
    ASSERT_FALSE(address.empty()) << shop.err();
    Poster poster;
    for (const Json& delivery : deliveries) {
      const std::string expected = delivery.text("expected");
      const bool ping = expected.starts_with("ping");
      pings += ping ? 1 : 0;
      EXPECT_EQ(poster.post(address + "/hooks/my-shop", delivery), ping || expected == "valid" ? 200 : 401)
          << delivery.text("file") << ": " << expected;
    }
    EXPECT_EQ(shop.stop(), 0);
  }
  EXPECT_GE(pings, 1);
}

}  // namespace
}  // namespace waggle::tests
