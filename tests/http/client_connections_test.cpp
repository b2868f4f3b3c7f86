// The outbound client's connections: which are kept, what happens when one dies, large requests, and callers
// that end the client.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/http/one_client.hpp"
#include "tests/http/scripted_server.hpp"

namespace waggle::http::test {
namespace {

using namespace std::chrono_literals;
using Visit = ScriptedServer::Visit;

/// Bytes of which none looks like its neighbours.
std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>((i * 2654435761u) >> 13);
  return out;
}

class ClientConnections : public ::testing::Test {
 protected:
  ClientConnections() : loops_(Loops::start(1, 1)), client_(*loops_) {}

  /// Two requests, one after the other, and over how many connections they went.
  std::size_t connections_for_two(const std::string& answer, Headers request_headers = {}) {
    ScriptedServer server([&](Visit& visit) {
      while (visit.answer(answer)) continue;
    });
    for (int i = 0; i < 2; ++i) {
      const auto outcome =
          client_.call({.method = "GET", .url = server.url(), .headers = request_headers, .timeout = 5s});
      EXPECT_TRUE(outcome.ok()) << answer << outcome.error().message;
    }
    EXPECT_EQ(server.requests().size(), 2u);
    return server.visits();
  }

  std::unique_ptr<Loops> loops_;
  OneClient client_;
};

TEST_F(ClientConnections, AreKeptUnlessTheServerSaysOtherwise) {
  EXPECT_EQ(connections_for_two(ok_with("a")), 1u);
  EXPECT_EQ(connections_for_two(ok_with("a", "Connection: keep-alive\r\nKeep-Alive: timeout=5, max=9\r\n")),
            1u);
  EXPECT_EQ(connections_for_two(ok_with("a", "Connection: close\r\n")), 2u);
  EXPECT_EQ(connections_for_two(ok_with("a", "Keep-Alive: Timeout=1\r\n")), 2u);
  EXPECT_EQ(connections_for_two(ok_with("a", "Keep-Alive: timeout=-2147483648\r\n")), 2u);
  EXPECT_EQ(connections_for_two(ok_with("a", "Keep-Alive: timeout=99999999999\r\n")), 1u);
  EXPECT_EQ(connections_for_two(ok_with("a", "Keep-Alive: max=9, timeout=0\r\n")), 2u);
  EXPECT_EQ(connections_for_two("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"), 2u);
  EXPECT_EQ(connections_for_two(ok_with("a") + "b"), 2u) << "garbage behind an answer";
  EXPECT_EQ(connections_for_two(ok_with("a") + ok_with("b")), 2u) << "an answer that nobody asked for";
}

TEST_F(ClientConnections, AreNotKeptWhenTheRequestHasSaidSo) {
  EXPECT_EQ(connections_for_two(ok_with("a"), {{"Connection", "Close"}}), 2u);
}

TEST_F(ClientConnections, CloseWhenTheServerSpeaksUnasked) {
  std::promise<void> answered;
  std::atomic<bool> closed = false;
  ScriptedServer server([&](Visit& visit) {
    if (visit.number != 0) return static_cast<void>(visit.answer(ok_with("asked for")));
    visit.answer(ok_with("first"));
    answered.get_future().wait();
    visit.socket.send(ok_with("unasked"));
    closed = visit.is_closed();
  });
  ASSERT_TRUE(client_.get(server.url()).ok());
  answered.set_value();
  wait_until([&] { return closed.load(); });
  const auto second = client_.get(server.url());
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second->body, "asked for");
  EXPECT_EQ(server.visits(), 2u);
}

TEST_F(ClientConnections, ThatDieBeforeAnAnswerAreReplacedIfTheRequestMayGoTwice) {
  const std::tuple<const char*, Headers, bool> cases[] = {
      {"GET", {}, true},    {"HEAD", {}, true},   {"PUT", {}, true},
      {"DELETE", {}, true}, {"POST", {}, false},  {"POST", {{"Idempotency-Key", "k"}}, false},
      {"PATCH", {}, false}, {"PURGE", {}, false},
  };
  for (const auto& [method, headers, again] : cases) {
    ScriptedServer server([](Visit& visit) {
      if (visit.number != 0) return static_cast<void>(visit.answer("HTTP/1.1 204 New\r\n\r\n"));
      visit.answer(ok_with("first"));
      visit.request();  // and closes
    });
    ASSERT_TRUE(client_.get(server.url()).ok());
    const auto outcome =
        client_.call({.method = method, .url = server.url(), .headers = headers, .body = "the body"});
    EXPECT_EQ(outcome.ok(), again) << method;
    EXPECT_EQ(server.visits(), again ? 2u : 1u) << method;
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), again ? 3u : 2u) << method << " with headers: " << headers.size();
    EXPECT_EQ(requests.back(), requests[1]) << method;
    EXPECT_NE(requests.back().find("\r\n\r\nthe body"), std::string::npos) << method;
    if (again) {
      EXPECT_EQ(outcome->status, 204) << method;
    } else {
      EXPECT_EQ(outcome.error().next, Next::retry) << method;
      EXPECT_EQ(outcome.error().code, "no_answer") << method;
    }
  }
}

TEST_F(ClientConnections, ThatDieBehindAnInterimAnswerAreNotReplaced) {
  ScriptedServer server([](Visit& visit) {
    visit.answer(ok_with("first"));
    visit.answer("HTTP/1.1 102 Processing\r\n\r\n");
  });
  ASSERT_TRUE(client_.get(server.url()).ok());
  ASSERT_FALSE(client_.get(server.url()).ok());
  EXPECT_EQ(server.visits(), 1u);
}

TEST_F(ClientConnections, ThatDieWithinAnAnswerAreNotReplaced) {
  ScriptedServer server([](Visit& visit) {
    visit.answer(ok_with("first"));
    visit.answer("HTTP/1.1 2");
  });
  ASSERT_TRUE(client_.get(server.url()).ok());
  const auto outcome = client_.get(server.url());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().next, Next::retry);
  EXPECT_EQ(server.requests().size(), 2u);
}

/// A server that accepts and closes is not asked for ever.
TEST_F(ClientConnections, ThatAreNewAndDieAreNotReplaced) {
  ScriptedServer server([](Visit& visit) { visit.request(); });
  ASSERT_FALSE(client_.get(server.url()).ok());
  EXPECT_EQ(server.visits(), 1u);
}

TEST_F(ClientConnections, CarryALargeRequestToASlowReader) {
  const std::string body = pattern(8u << 20);
  ScriptedServer server([](Visit& visit) {
    const int small = 64 << 10;
    ::setsockopt(visit.socket.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    while (visit.answer(ok_with("all of it"))) continue;
  });
  for (int i = 0; i < 2; ++i) {
    const auto outcome = client_.call({.method = "POST", .url = server.url(), .body = body});
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->body, "all of it");
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  for (const std::string& request : requests)
    EXPECT_TRUE(request.substr(request.find("\r\n\r\n") + 4) == body) << request.size();
  EXPECT_EQ(server.visits(), 1u) << "a request that was sent whole leaves its connection good";
}

/// The server has heard enough: it answers, and reads no further, or closes at once.
TEST_F(ClientConnections, GiveAnAnswerThatComesBeforeTheRequestIsSent) {
  constexpr std::size_t more_than_the_system_buffers = 24u << 20;
  for (const bool close : {false, true}) {
    ScriptedServer server([&](Visit& visit) {
      if (visit.number != 0) return static_cast<void>(visit.answer(ok_with("next")));
      visit.socket.receive("\r\n\r\n");
      visit.socket.send("HTTP/1.1 413 Too Large\r\nContent-Length: 7\r\n\r\nenough!");
      visit.keep_open = !close;
    });
    const auto outcome = client_.call(
        {.method = "POST", .url = server.url(), .body = std::string(more_than_the_system_buffers, 'a')});
    ASSERT_TRUE(outcome.ok()) << (close ? "closed: " : "open: ") << outcome.error().message;
    EXPECT_EQ(outcome->status, 413);
    EXPECT_EQ(outcome->body, "enough!");
    const auto next = client_.call({.method = "GET", .url = server.url(), .timeout = 5s});
    ASSERT_TRUE(next.ok()) << next.error().message;
    EXPECT_EQ(next->body, "next");
    EXPECT_EQ(server.visits(), 2u) << "half a request is on the first";
  }
}

TEST_F(ClientConnections, ReachAnIpv6Address) {
  auto server = Server::listen(*loops_, "::1", 0, {}, [](std::size_t, Request request, Respond respond) {
    respond(Reply::text(200, std::string(header(request.headers, "host"))));
  });
  if (!server.ok()) GTEST_SKIP() << "there is no IPv6 here: " << server.error().message;
  const std::string host = "[::1]:" + std::to_string((*server)->port());
  const auto outcome = client_.get("http://" + host + "/");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->body, host);
}

TEST_F(ClientConnections, EndWithTheirClientWhoeverEndsIt) {
  ScriptedServer silent("", false);
  std::atomic<int> answers = 0;
  const OutboundRequest brief{.method = "GET", .url = silent.url(), .timeout = 50ms};
  client_.run([&] {
    for (int i = 0; i < 3; ++i)
      client_.client()->send(brief, [&](const Outcome& outcome) {
        EXPECT_EQ(outcome.error().next, Next::retry);
        client_.client().reset();  // the first; the others are answered inside
        ++answers;
      });
  });
  wait_until([&] { return answers == 3; });
}

TEST_F(ClientConnections, AreNotMadeByAClientThatEnds) {
  ScriptedServer silent("", false);
  std::atomic<int> answers = 0;
  client_.run([&] {
    Client* const client = client_.client().get();
    client->send({.method = "GET", .url = silent.url()}, [&, client](const Outcome& first) {
      EXPECT_EQ(first.error().next, Next::retry);
      client->send({.method = "GET", .url = silent.url()}, [&](const Outcome& second) {
        EXPECT_EQ(second.error().next, Next::retry);
        ++answers;
      });
      ++answers;
    });
    client_.client().reset();
    EXPECT_EQ(answers, 2);
  });
}

}  // namespace
}  // namespace waggle::http::test
