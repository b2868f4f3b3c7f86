// Whom the outbound client trusts: servers with a certificate of the test's own authority, for the right
// name, the wrong name, and out of date; directly and through a proxy's tunnel.
#include <gtest/gtest.h>

#include "tests/http/one_client.hpp"
#include "tests/http/openssl_server.hpp"
#include "tests/http/scripted_server.hpp"
#include "tests/http/setting.hpp"

namespace waggle::http::test {
namespace {

class ClientTls : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Authority* const authority = trusted_authority();
    if (authority == nullptr) return;
    good_ = authority->sign("good", "DNS:localhost,IP:127.0.0.1");
    other_ = authority->sign("other", "DNS:other.test,DNS:*.localhost,IP:127.0.0.2");
    expired_ = authority->sign("expired", "DNS:localhost,IP:127.0.0.1", -1);
  }
  void SetUp() override {
    if (good_.empty() || other_.empty() || expired_.empty())
      GTEST_SKIP() << "there is no openssl program to make certificates with";
  }
  ClientTls() : loops_(Loops::start(1, 1)) {}

  Outcome get(const OpensslServer& server, const std::string& host) {
    OneClient client(*loops_);
    return client.get("https://" + host + ":" + std::to_string(server.port()) + "/");
  }
  void expect_distrust(const Outcome& outcome, const std::string& why) {
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().next, Next::retry);
    EXPECT_EQ(outcome.error().code, "no_answer");
    EXPECT_NE(outcome.error().message.find("cannot be trusted"), std::string::npos)
        << outcome.error().message;
    EXPECT_NE(outcome.error().message.find(why), std::string::npos) << outcome.error().message;
  }

  static inline std::string good_, other_, expired_;
  std::unique_ptr<Loops> loops_;
};

TEST_F(ClientTls, TrustsACertificateForTheNameOrTheAddress) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    OpensslServer server(good_, version);
    ASSERT_NE(server.port(), 0);
    for (const char* host : {"localhost", "LocalHost", "127.0.0.1"}) {
      const Outcome outcome = get(server, host);
      ASSERT_TRUE(outcome.ok()) << host << version << ": " << outcome.error().message;
      EXPECT_EQ(outcome->status, 200);
      EXPECT_NE(outcome->body.find("</HTML>"), std::string::npos) << outcome->body;
    }
  }
}

TEST_F(ClientTls, DistrustsACertificateForAnotherName) {
  OpensslServer server(other_);
  ASSERT_NE(server.port(), 0);
  expect_distrust(get(server, "localhost"), "ostname mismatch");
  expect_distrust(get(server, "127.0.0.1"), "IP address mismatch");
}

TEST_F(ClientTls, DistrustsAnExpiredCertificate) {
  OpensslServer server(expired_);
  ASSERT_NE(server.port(), 0);
  expect_distrust(get(server, "localhost"), "has expired");
}

TEST_F(ClientTls, TakesNothingOlderThanTls12) {
  OpensslServer server(good_, "-tls1_1 -cipher ALL:@SECLEVEL=0");
  ASSERT_NE(server.port(), 0);
  const Outcome outcome = get(server, "localhost");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().next, Next::retry);
  EXPECT_NE(outcome.error().message.find("found no common TLS"), std::string::npos)
      << outcome.error().message;
}

/// Every byte to the server and back, until one of them closes.
void carry(RawSocket& client, RawSocket& server) {
  pollfd both[] = {{client.fd(), POLLIN, 0}, {server.fd(), POLLIN, 0}};
  while (::poll(both, 2, 10'000) > 0) {
    for (const auto& [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
      if (both[from == &client ? 0 : 1].revents == 0) continue;
      const std::string bytes = from->receive_some();
      if (bytes.empty() || !to->send(bytes)) return;
    }
  }
}

TEST_F(ClientTls, ChecksTheServersNameThroughATunnelToo) {
  OpensslServer good(good_), other(other_);
  ASSERT_NE(good.port(), 0);
  ASSERT_NE(other.port(), 0);
  ScriptedServer proxy([&](ScriptedServer::Visit& visit) {
    const std::string wish = visit.request();
    visit.socket.send("HTTP/1.1 200 Connection established\r\n\r\n");
    RawSocket server(static_cast<std::uint16_t>(std::stoi(wish.substr(wish.find(':') + 1))));
    carry(visit.socket, server);
  });
  const Setting set("https_proxy", "127.0.0.1:" + std::to_string(proxy.port()));
  for (const char* host : {"localhost", "localhost."}) {
    const Outcome through = get(good, host);
    ASSERT_TRUE(through.ok()) << host << ": " << through.error().message;
    EXPECT_EQ(through->status, 200);
  }
  expect_distrust(get(other, "localhost"), "ostname mismatch");
  EXPECT_EQ(proxy.visits(), 3u);
}

}  // namespace
}  // namespace waggle::http::test
