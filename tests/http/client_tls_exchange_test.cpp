// Exchanges of the outbound client over TLS: kept connections, large bodies, early answers, and the ends of
// answers.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/http/one_client.hpp"
#include "tests/http/openssl_server.hpp"
#include "tests/http/scripted_server.hpp"

namespace waggle::http::test {
namespace {

using namespace std::chrono_literals;

/// The server's side of TLS over an accepted connection; blocks.
class SecureVisit {
 public:
  SecureVisit(const std::string& certificate, ScriptedServer::Visit& visit)
      : context_(SSL_CTX_new(TLS_server_method())), ssl_(nullptr) {
    SSL_CTX_use_certificate_file(context_, certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_, certificate.c_str(), SSL_FILETYPE_PEM);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, visit.socket.fd());
    SSL_accept(ssl_);
  }
  ~SecureVisit() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  SecureVisit(const SecureVisit&) = delete;
  SecureVisit& operator=(const SecureVisit&) = delete;

  /// The next request's head and, of its body, `body_size` bytes; shorter when the client closes first.
  std::string request(std::size_t body_size = 0) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos ||
           text.size() < text.find("\r\n\r\n") + 4 + body_size) {
      char piece[16384];
      const int size = SSL_read(ssl_, piece, sizeof piece);
      if (size <= 0) break;
      text.append(piece, static_cast<std::size_t>(size));
    }
    return text;
  }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  bool answer(std::string_view bytes) { return !request().empty() && send(bytes); }
  void say_goodbye() { SSL_shutdown(ssl_); }

 private:
  SSL_CTX* context_;
  SSL* ssl_;
};

class ClientTlsExchange : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    before_ = ::signal(SIGPIPE, SIG_IGN);  // SecureVisit writes to sockets that clients have closed
    if (Authority* const authority = trusted_authority())
      certificate_ = authority->sign("exchange", "DNS:localhost,IP:127.0.0.1");
  }
  static void TearDownTestSuite() { ::signal(SIGPIPE, before_); }
  void SetUp() override {
    if (certificate_.empty()) GTEST_SKIP() << "there is no openssl program to make certificates with";
  }
  ClientTlsExchange() : loops_(Loops::start(1, 1)), client_(*loops_) {}

  static std::string url_of(const ScriptedServer& server) {
    return "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  }

  static inline sighandler_t before_ = SIG_DFL;
  static inline std::string certificate_;
  std::unique_ptr<Loops> loops_;
  OneClient client_;
};

TEST_F(ClientTlsExchange, KeepsItsConnection) {
  ScriptedServer server([](ScriptedServer::Visit& visit) {
    SecureVisit secure(certificate_, visit);
    while (secure.answer(ok_with("again"))) continue;
  });
  for (int i = 0; i < 5; ++i) {
    const Outcome outcome = client_.get(url_of(server));
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->body, "again");
  }
  EXPECT_EQ(server.visits(), 1u);
}

TEST_F(ClientTlsExchange, CarriesLargeBodiesBothWays) {
  std::string body(5'000'001, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>((i * 2654435761u) >> 13);
  ScriptedServer server([size = body.size()](ScriptedServer::Visit& visit) {
    SecureVisit secure(certificate_, visit);
    for (std::string request; !(request = secure.request(size)).empty();)
      secure.send(ok_with(std::string_view(request).substr(request.find("\r\n\r\n") + 4)));
  });
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = client_.call({.method = "POST", .url = url_of(server), .body = body});
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_TRUE(outcome->body == body) << outcome->body.size();
  }
  EXPECT_EQ(server.visits(), 1u) << "the request was sent whole";
}

TEST_F(ClientTlsExchange, GivesAnAnswerThatComesBeforeTheRequestIsSent) {
  std::promise<void> answered;
  ScriptedServer server([&](ScriptedServer::Visit& visit) {
    SecureVisit secure(certificate_, visit);
    if (visit.number != 0) return static_cast<void>(secure.answer(ok_with("next")));
    secure.answer("HTTP/1.1 413 Too Large\r\nContent-Length: 7\r\n\r\nenough!");
    answered.get_future().wait();
  });
  const Outcome outcome =
      client_.call({.method = "POST", .url = url_of(server), .body = std::string(24u << 20, 'a')});
  answered.set_value();
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->status, 413);
  EXPECT_EQ(outcome->body, "enough!");
  const Outcome next = client_.get(url_of(server));
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(server.visits(), 2u);
}

/// Without a length, a cut connection looks like the end: only TLS tells them apart (RFC 9112, 9.8).
TEST_F(ClientTlsExchange, TakesTheEndOfTheConnectionForTheAnswersOnlyIfTheServerSaysSo) {
  for (const bool goodbye : {true, false}) {
    ScriptedServer server([&](ScriptedServer::Visit& visit) {
      SecureVisit secure(certificate_, visit);
      secure.answer("HTTP/1.1 200 OK\r\n\r\nthe beginning");
      if (goodbye) secure.say_goodbye();
    });
    const Outcome outcome = client_.get(url_of(server));
    EXPECT_EQ(outcome.ok(), goodbye);
    if (outcome.ok()) {
      EXPECT_EQ(outcome->body, "the beginning");
    } else {
      EXPECT_EQ(outcome.error().next, Next::retry);
      EXPECT_NE(outcome.error().message.find("closed the connection before its answer was complete"),
                std::string::npos)
          << outcome.error().message;
    }
  }
}

TEST_F(ClientTlsExchange, GoesOverANewConnectionWhenTheKeptOneHasDied) {
  for (const bool goodbye : {true, false}) {
    ScriptedServer server([&](ScriptedServer::Visit& visit) {
      SecureVisit secure(certificate_, visit);
      secure.answer(ok_with(visit.number == 0 ? "old" : "new"));
      if (visit.number == 0) secure.request();
      if (goodbye) secure.say_goodbye();
    });
    const Outcome first = client_.get(url_of(server));
    ASSERT_TRUE(first.ok()) << first.error().message;
    const Outcome second = client_.get(url_of(server));
    ASSERT_TRUE(second.ok()) << second.error().message;
    EXPECT_EQ(second->body, "new");
    EXPECT_EQ(server.visits(), 2u);
  }
}

TEST_F(ClientTlsExchange, EndsWithinAHandshake) {
  std::atomic<bool> closed = false;
  ScriptedServer server([&](ScriptedServer::Visit& visit) {
    visit.socket.receive_some();
    closed = visit.is_closed();
  });
  auto answer = client_.start({.method = "GET", .url = url_of(server)});
  wait_until([&] { return server.visits() == 1; });
  client_.end();
  const Outcome outcome = answer.get();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().next, Next::retry);
  wait_until([&] { return closed.load(); });
}

}  // namespace
}  // namespace waggle::http::test
