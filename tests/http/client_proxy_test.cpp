// The outbound client behind a proxy: which calls go through it, what it is told, and what it refuses.
#include <gtest/gtest.h>

#include "core/http/proxies.hpp"
#include "tests/http/one_client.hpp"
#include "tests/http/scripted_server.hpp"
#include "tests/http/setting.hpp"

namespace waggle::http::test {
namespace {

using namespace std::chrono_literals;
using Visit = ScriptedServer::Visit;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The proxy on the way to `url`, as host and port; empty when there is none.
std::string on_the_way_to(const std::string& url) {
  const auto proxy = Proxies::from_environment().on_the_way_to(read_url(url).value());
  if (!proxy.ok()) return proxy.error().code;
  return *proxy == nullptr ? "" : (*proxy)->host_and_port();
}

class ClientProxy : public ::testing::Test {
 protected:
  ClientProxy() : loops_(Loops::start(1, 1)) {}

  /// By a new client, as the environment is read when one is made.
  Outcome call(OutboundRequest request) {
    OneClient client(*loops_);
    return client.call(std::move(request));
  }
  static std::string address_of(const ScriptedServer& proxy, const std::string& user = "") {
    return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
  }

  std::unique_ptr<Loops> loops_;
};

TEST_F(ClientProxy, IsGivenTheWholeAddressOfAnHttpCall) {
  ScriptedServer proxy([](Visit& visit) {
    while (visit.answer(ok_with("by proxy"))) continue;
  });
  const Setting set("http_proxy", address_of(proxy));
  OneClient client(*loops_);
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = client.call(
        {.method = "POST", .url = "http://me:secret@Server.test:8080/a?b=c#d", .body = "the body"});
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->body, "by proxy");
  }
  const auto requests = proxy.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0], requests[1]);
  EXPECT_TRUE(has(requests[0], "POST http://server.test:8080/a?b=c HTTP/1.1\r\n")) << requests[0];
  EXPECT_TRUE(has(requests[0], "\r\nHost: server.test:8080\r\n")) << requests[0];
  EXPECT_TRUE(has(requests[0], "\r\nAuthorization: Basic bWU6c2VjcmV0\r\n")) << requests[0];
  EXPECT_FALSE(has(requests[0], "Proxy-Authorization")) << requests[0];
  EXPECT_TRUE(has(requests[0], "\r\n\r\nthe body")) << requests[0];
  EXPECT_EQ(proxy.visits(), 1u) << "the connection to a proxy is kept, too";
}

TEST_F(ClientProxy, IsToldWhoWeAre) {
  ScriptedServer proxy([](Visit& visit) { visit.answer("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"); });
  const std::pair<const char*, const char*> cases[] = {
      {"me:secret@", "bWU6c2VjcmV0"},
      {"me:p%40ss@", "bWU6cEBzcw=="},
      {"token@", "dG9rZW46"},  // with the colon behind the name
  };
  std::size_t count = 0;
  for (const auto& [user, words] : cases) {
    const Setting http("http_proxy", address_of(proxy, user)), https("https_proxy", address_of(proxy, user));
    for (const char* url : {"http://server.test/", "https://server.test/"}) {
      const Outcome outcome = call({.method = "GET", .url = url});
      EXPECT_EQ(outcome.ok(), url[4] == ':') << "a plain 403 is an answer, a tunnel that is refused is none";
      const auto requests = proxy.requests();
      ASSERT_EQ(requests.size(), ++count);
      EXPECT_TRUE(has(requests.back(), std::string("\r\nProxy-Authorization: Basic ") + words + "\r\n"))
          << requests.back();
    }
  }
}

TEST_F(ClientProxy, IsAskedForATunnelByAnHttpsCall) {
  ScriptedServer proxy(
      [](Visit& visit) { visit.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nnot you"); });
  const Setting set("https_proxy", address_of(proxy));
  for (const auto& [url, host] : {std::pair("https://server.test/secret?key=1", "server.test:443"),
                                  std::pair("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443")}) {
    const Outcome outcome =
        call({.method = "POST", .url = url, .headers = {{"Authorization", "Bearer t"}}, .body = "secret"});
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().next, Next::retry);
    EXPECT_EQ(outcome.error().code, "no_answer");
    EXPECT_TRUE(has(outcome.error().message,
                    "the proxy 127.0.0.1:" + std::to_string(proxy.port()) + " does not let us through"))
        << outcome.error().message;
    EXPECT_TRUE(has(outcome.error().message, "it answered 403")) << outcome.error().message;
    const std::string wish = proxy.requests().back();
    EXPECT_TRUE(has(wish, std::string("CONNECT ") + host + " HTTP/1.1\r\nHost: " + host + "\r\n")) << wish;
    EXPECT_FALSE(has(wish, "secret")) << wish;
    EXPECT_FALSE(has(wish, "uthorization")) << "what is for the server is none of the proxy's: " << wish;
  }
}

/// Its answer has no body, whatever it says, and may follow an interim one (RFC 9110, 9.3.6 and 15.2).
TEST_F(ClientProxy, OpensATunnelWhateverItsAnswerLooksLike) {
  for (const std::string answer : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n",
                                   "HTTP/1.1 299 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                   "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
    std::string hello;
    {
      ScriptedServer proxy([&](Visit& visit) {
        visit.answer(answer);
        hello = visit.socket.receive_some();
      });
      const Setting set("https_proxy", address_of(proxy));
      EXPECT_FALSE(call({.method = "GET", .url = "https://server.test/", .timeout = 5s}).ok());
    }
    ASSERT_FALSE(hello.empty()) << answer;
    EXPECT_EQ(hello[0], 22) << "a TLS handshake begins";  // RFC 8446, 5.1
  }
}

TEST_F(ClientProxy, MayNotSpeakInTheServersName) {
  ScriptedServer proxy([](Visit& visit) { visit.answer("HTTP/1.1 200 OK\r\n\r\n" + ok_with("hello")); });
  const Setting set("https_proxy", address_of(proxy));
  const Outcome outcome = call({.method = "GET", .url = "https://server.test/", .timeout = 5s});
  ASSERT_FALSE(outcome.ok());
  EXPECT_TRUE(has(outcome.error().message, "it speaks in the server's name")) << outcome.error().message;
}

TEST_F(ClientProxy, IsToBlameForWhatHappensBeforeTheTunnelStands) {
  for (const auto& [answer, words] :
       {std::pair("", ": it closed the connection"), {"SSH-2.0\r\n", ": it does not speak HTTP"}}) {
    ScriptedServer proxy(answer);
    const Setting set("https_proxy", address_of(proxy));
    const Outcome outcome = call({.method = "GET", .url = "https://server.test/", .timeout = 5s});
    ASSERT_FALSE(outcome.ok());
    EXPECT_TRUE(has(outcome.error().message, "the proxy 127.0.0.1:" + std::to_string(proxy.port())))
        << outcome.error().message;
    EXPECT_TRUE(has(outcome.error().message, words)) << outcome.error().message;
  }
}

TEST_F(ClientProxy, ThatSaysNothingIsNamedUntilTheTunnelStands) {
  ScriptedServer silent("", false);
  const Setting set("all_proxy", address_of(silent));
  const Outcome tunnel = call({.method = "GET", .url = "https://server.test/", .timeout = 200ms});
  ASSERT_FALSE(tunnel.ok());
  EXPECT_TRUE(has(tunnel.error().message,
                  "the proxy 127.0.0.1 on the way to server.test did not answer within 0.2 s"))
      << tunnel.error().message;
  const Outcome plain = call({.method = "GET", .url = "http://server.test/", .timeout = 1s});
  ASSERT_FALSE(plain.ok());
  EXPECT_EQ(plain.error().message.find("server.test did not answer within 1 s"), 0u) << plain.error().message;
}

TEST_F(ClientProxy, ThatIsOutOfReachIsNamed) {
  std::string nobody;
  {
    ScriptedServer gone("");
    nobody = "127.0.0.1:" + std::to_string(gone.port());
  }
  const Setting set("all_proxy", nobody);
  for (const char* url : {"http://server.test/", "https://server.test/"}) {
    const Outcome outcome = call({.method = "GET", .url = url});
    ASSERT_FALSE(outcome.ok());
    EXPECT_TRUE(has(outcome.error().message, "the proxy " + nobody + " does not take connections"))
        << outcome.error().message;
  }
  const Setting other("http_proxy", "nobody.invalid:3128");
  const Outcome outcome = call({.method = "GET", .url = "http://server.test/"});
  ASSERT_FALSE(outcome.ok());
  EXPECT_TRUE(has(outcome.error().message, "no address for the proxy nobody.invalid"))
      << outcome.error().message;
}

TEST_F(ClientProxy, ThatCannotBeOneIsSaidWithoutItsPassword) {
  for (const char* bad : {"https://me:hidden@proxy.test:3128", "socks5://me:hidden@proxy.test",
                          "http://me:hidden@proxy.test:99999", "me:hidden@proxy test"}) {
    const Setting set("http_proxy", bad);
    const Outcome outcome = call({.method = "GET", .url = "http://server.test/"});
    ASSERT_FALSE(outcome.ok()) << bad;
    EXPECT_EQ(outcome.error().next, Next::retry) << bad;
    EXPECT_EQ(outcome.error().code, "bad_proxy") << bad;
    EXPECT_TRUE(has(outcome.error().message, "http_proxy")) << outcome.error().message;
    EXPECT_FALSE(has(outcome.error().message, "hidden")) << outcome.error().message;
  }
}

TEST(Proxies, AreSetForEachScheme) {
  EXPECT_EQ(on_the_way_to("http://a.test/"), "");
  const Setting all("ALL_PROXY", "http://all.test:1");
  EXPECT_EQ(on_the_way_to("http://a.test/"), "all.test:1");
  EXPECT_EQ(on_the_way_to("https://a.test/"), "all.test:1");
  const Setting http("http_proxy", "web.test:2"), https("HTTPS_PROXY", "secure.test");
  EXPECT_EQ(on_the_way_to("http://a.test/"), "web.test:2");
  EXPECT_EQ(on_the_way_to("https://a.test/"), "secure.test:80");
  const Setting lower("https_proxy", "http://lower.test:3");
  EXPECT_EQ(on_the_way_to("https://a.test/"), "lower.test:3");
}

/// A web server's CGI puts a sender's header `Proxy` there.
TEST(Proxies, AreNotSetByWhatASenderSays) {
  const Setting set("HTTP_PROXY", "http://evil.test:1");
  EXPECT_EQ(on_the_way_to("http://a.test/"), "");
  EXPECT_EQ(on_the_way_to("https://a.test/"), "");
}

TEST(Proxies, AreNotAskedForExceptedHosts) {
  const Setting set("all_proxy", "p.test:1");
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"", "a.test", true},
      {"a.test", "a.test", false},
      {"a.test", "A.Test", false},
      {"A.TEST", "a.test:8080", false},
      {"a.test", "b.a.test", false},
      {".a.test", "b.a.test", false},
      {".a.test", "a.test", false},
      {"a.test", "ba.test", true},
      {"a.test", "a.test.b", true},
      {"b.test,a.test", "a.test", false},
      {"b.test, a.test", "a.test", false},
      {" b.test ,, c.test ", "a.test", true},
      {"*", "a.test", false},
      {"*", "127.0.0.1", false},
      {"127.0.0.1", "127.0.0.1", false},
      {"127.0.0.1", "127.0.0.10", true},
      {"::1", "[::1]", false},
      {"[::1]", "[::1]", false},
      {"a.test", "a.test.", false},
      {"a.test.", "b.a.test", false},
      {"10.0.0.0/8", "10.1.2.3", false},
      {"10.0.0.0/8", "11.1.2.3", true},
      {"10.1.2.3/8", "10.9.9.9", false},
      {"fd00::/8", "[fd12::1]", false},
      {"fd00::/8", "10.1.2.3", true},
      {"10.0.0.0/40", "10.1.2.3", true},
      {"::1", "[::2]", true},
  };
  for (const auto& [list, host, proxied] : cases)
    for (const char* name : {"no_proxy", "NO_PROXY"}) {
      const Setting excepted(name, list);
      EXPECT_EQ(on_the_way_to("http://" + std::string(host) + "/"), proxied ? "p.test:1" : "")
          << name << "=" << list << " for " << host;
    }
}

TEST_F(ClientProxy, IsPassedByForExceptedHosts) {
  ScriptedServer proxy(ok_with("by proxy")), server(ok_with("itself"));
  const Setting set("http_proxy", address_of(proxy)), excepted("no_proxy", "b.test,127.0.0.1");
  const Outcome outcome = call({.method = "GET", .url = server.url()});
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->body, "itself");
  EXPECT_EQ(proxy.visits(), 0u);
}

}  // namespace
}  // namespace waggle::http::test
