// The front door's behaviour over time: connections, time-outs, late answers, stopping.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/http/gzip.hpp"
#include "tests/http/raw.hpp"

namespace waggle::http::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

ServerLimits one_second() {
  ServerLimits limits;
  limits.header_timeout = limits.body_timeout = limits.idle_timeout = 1s;
  return limits;
}

/// Keeps the answers' functions for later.
class Waiting {
 public:
  Handler handler() {
    return [this](std::size_t, Request, Respond respond) {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(respond));
    };
  }
  std::vector<Respond> take(std::size_t count) {
    wait_until([&] {
      std::lock_guard lock(mutex_);
      return waiting_.size() >= count;
    });
    std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Respond> waiting_;
};

TEST(Server, KeepsAConnectionForManyRequests) {
  auto loops = Loops::start(2, 1);
  WatchedServer server(*loops, {}, answer_ok);
  RawSocket socket(server->port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(socket.send(get));
    EXPECT_EQ(statuses(socket.receive("ok\n")), std::vector<int>{200});
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, [](const Request& request) { return Reply::text(200, request.path); });
  std::string bytes;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";
    expected += "/" + std::to_string(i);
  }
  RawSocket socket(server->port());
  ASSERT_TRUE(socket.send(bytes + "GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string all = socket.receive_all();
  EXPECT_EQ(statuses(all).size(), 201u);
  std::string bodies;
  for (const Request& request : server.take_requests())
    if (request.method == "POST") bodies += request.path;
  EXPECT_EQ(bodies, expected);
}

TEST(Server, SaysContinueOnlyToBodiesThatItTakes) {
  auto loops = Loops::start(1, 1);
  ServerLimits limits;
  limits.max_body_bytes = 10;
  WatchedServer server(*loops, limits, answer_ok);
  const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ";
  RawSocket good(server->port());
  good.send(head + "2\r\n\r\n");
  EXPECT_EQ(good.receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  good.send("ab");
  EXPECT_EQ(statuses(good.receive("ok\n")), std::vector<int>{200});
  RawSocket large(server->port());
  large.send(head + "11\r\n\r\n");
  const std::string answer = large.receive_all();
  EXPECT_EQ(statuses(answer), std::vector<int>{413});
  EXPECT_EQ(answer.find("100 Continue"), std::string::npos);
  EXPECT_NE(answer.find("connection: close"), std::string::npos);
}

TEST(Server, AnswersHeadWithTheLengthButNotTheBody) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  RawSocket socket(server->port());
  socket.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = socket.receive_all();
  EXPECT_NE(answer.find("content-length: 3\r\n"), std::string::npos) << answer;
  EXPECT_EQ(answer.substr(answer.size() - 4), "\r\n\r\n");
}

TEST(Server, CarriesBodiesOfMegabytesBothWays) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, [](const Request& request) { return Reply::text(200, request.body); });
  std::string body(9u << 20, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>(i);
  RawSocket socket(server->port());
  std::thread sender([&] {
    socket.send("POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  const std::string answer = socket.receive_all(60s);
  sender.join();
  ASSERT_GT(answer.size(), body.size());
  EXPECT_TRUE(answer.substr(answer.size() - body.size()) == body);
}

TEST(Server, GivesUpOnSlowSenders) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, one_second(), answer_ok);
  RawSocket head(server->port()), body(server->port()), silent(server->port()), idle(server->port()),
      trickle(server->port());
  head.send("GET /a HT");
  body.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  idle.send(get);
  std::atomic<bool> stop = false;
  std::thread slow([&] {  // a byte now and then must not buy time
    trickle.send("GET /a HTTP/1.1\r\n");
    while (!stop && trickle.send("A")) std::this_thread::sleep_for(100ms);
  });
  EXPECT_EQ(statuses(head.receive_all()), std::vector<int>{408});
  EXPECT_EQ(statuses(body.receive_all()), std::vector<int>{408});
  EXPECT_EQ(statuses(trickle.receive("\r\n\r\n")), std::vector<int>{408});
  EXPECT_EQ(silent.receive_all(), "");
  EXPECT_TRUE(silent.closed_by_peer());
  EXPECT_EQ(statuses(idle.receive_all()), std::vector<int>{200});
  EXPECT_TRUE(idle.closed_by_peer());
  stop = true;
  slow.join();
  EXPECT_EQ(server.take_requests().size(), 1u);
}

TEST(Server, TakesAnswersLaterFromAnyThreadOnce) {
  auto loops = Loops::start(2, 1);
  Waiting waiting;
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, waiting.handler()).value();
  RawSocket one(server->port()), two(server->port());
  one.send(get);
  auto first = waiting.take(1);
  two.send(get);
  auto second = waiting.take(1);
  std::thread other([&] {
    second[0](Reply::text(202, "second"));
    second[0](Reply::text(500, "again"));
    first[0](Reply::json(201, "{}"));
  });
  EXPECT_EQ(statuses(two.receive("second")), std::vector<int>{202});
  const std::string answer = one.receive("{}");
  EXPECT_NE(answer.find("content-type: application/json\r\n"), std::string::npos);
  other.join();
  EXPECT_EQ(two.receive("x", 50ms), "");
  server->stop(1s);
}

TEST(Server, AnswersForAHandlerThatForgets) {
  auto loops = Loops::start(1, 1);
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, [](std::size_t, Request, Respond) {}).value();
  RawSocket socket(server->port());
  socket.send(get);
  EXPECT_EQ(statuses(socket.receive("log\n")), std::vector<int>{500});
}

TEST(Server, NeverSendsAHeaderWithALineBreak) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, [](const Request& request) {
    if (request.path == "/name") return Reply{200, {{"a b", "c"}}, ""};
    return Reply{200, {{"x", "a\r\nset-cookie: b"}}, ""};
  });
  for (const char* path : {"/name", "/value"}) {
    RawSocket socket(server->port());
    socket.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string answer = socket.receive_all();
    EXPECT_EQ(statuses(answer), std::vector<int>{500});
    EXPECT_EQ(answer.find("set-cookie"), std::string::npos);
  }
}

TEST(Server, SurvivesClientsThatLeaveWhileTheyWait) {
  auto loops = Loops::start(1, 1);
  Waiting waiting;
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, waiting.handler()).value();
  {
    RawSocket socket(server->port());
    socket.send(get);
  }
  auto responds = waiting.take(1);
  responds[0](Reply::text(200, std::string(5u << 20, 'x')));
  RawSocket next(server->port());
  next.send(get);
  waiting.take(1)[0](Reply::text(200, "still here"));
  EXPECT_EQ(statuses(next.receive("still here")), std::vector<int>{200});
}

TEST(Server, TurnsConnectionsAwayBeyondTheLimit) {
  auto loops = Loops::start(2, 1);
  ServerLimits limits;
  limits.max_connections = 2;
  WatchedServer server(*loops, limits, answer_ok);
  RawSocket one(server->port()), two(server->port());
  one.send(get);
  two.send(get);
  one.receive("ok\n");
  two.receive("ok\n");
  RawSocket three(server->port());
  EXPECT_EQ(statuses(three.receive_all()), std::vector<int>{503});
  EXPECT_TRUE(three.closed_by_peer());
  one.close();
  wait_until([&] { return server->connections() <= 1; });
  RawSocket four(server->port());
  four.send(get);
  EXPECT_EQ(statuses(four.receive("ok\n")), std::vector<int>{200});
}

std::string posting(const std::string& path, std::size_t length, std::size_t sent) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n" +
         std::string(sent, 'x');
}

TEST(Server, TakesNoMoreBodiesAtOnceThanFitIntoTheirBudget) {
  auto loops = Loops::start(2, 1);
  Waiting waiting;
  ServerLimits limits;
  limits.max_body_bytes = limits.max_bodies_bytes = 100'000;
  const auto handler = [wait = waiting.handler()](std::size_t loop, Request request, Respond respond) {
    if (request.path == "/wait") return wait(loop, std::move(request), std::move(respond));
    respond(Reply::text(200, "ok\n"));
  };
  auto server = Server::listen(*loops, "127.0.0.1", 0, limits, handler).value();
  RawSocket waits(server->port()), half(server->port());
  waits.send(posting("/wait", 60'000, 60'000));
  const auto responds = waiting.take(1);
  half.send(posting("/a", 40'000, 30'000));
  std::string answer;
  do {  // fits as long as the half body has not arrived
    RawSocket beyond(server->port());
    beyond.send(posting("/a", 10'001, 10'001));
    answer = beyond.receive("\r\n\r\n");
  } while (statuses(answer) == std::vector<int>{200});
  EXPECT_EQ(statuses(answer), std::vector<int>{503});
  EXPECT_NE(answer.find("retry-after: 1\r\n"), std::string::npos) << answer;
  EXPECT_NE(answer.find("connection: close\r\n"), std::string::npos) << answer;
  RawSocket bare(server->port());
  bare.send(get);
  EXPECT_EQ(statuses(bare.receive("ok\n")), std::vector<int>{200}) << "without a body nothing is needed";

  half.send(std::string(10'000, 'x'));
  EXPECT_EQ(statuses(half.receive("ok\n")), std::vector<int>{200}) << "exactly the budget";
  responds[0](Reply::text(200, "ok\n"));
  EXPECT_EQ(statuses(waits.receive("ok\n")), std::vector<int>{200});
  waits.send(posting("/a", 100'000, 100'000));
  EXPECT_EQ(statuses(waits.receive("ok\n")), std::vector<int>{200}) << "all is given back";
}

TEST(Server, CountsABodyAsLongAsItIsWhenDecodedAndUntilItsRequestIsOver) {
  auto loops = Loops::start(1, 1);
  Waiting waiting;
  ServerLimits limits;
  limits.max_body_bytes = limits.max_bodies_bytes = 100'000;
  auto server = Server::listen(*loops, "127.0.0.1", 0, limits, waiting.handler()).value();
  const std::string packed = gzip(std::string(60'000, 'x'));
  const std::string bytes = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: " +
                            std::to_string(packed.size()) + "\r\n\r\n" + packed;
  std::vector<Respond> responds;
  {
    RawSocket gone(server->port());
    gone.send(bytes);
    responds = waiting.take(1);
  }
  RawSocket second(server->port());
  second.send(bytes);
  EXPECT_EQ(statuses(second.receive_all()), std::vector<int>{503}) << "nobody waits, but it is in memory";
  responds.clear();
  RawSocket third(server->port());
  third.send(bytes);
  waiting.take(1)[0](Reply::text(200, "ok\n"));
  EXPECT_EQ(statuses(third.receive("ok\n")), std::vector<int>{200});
}

TEST(Server, FinishesWhatIsInProgressWhenItStops) {
  auto loops = Loops::start(1, 1);
  Waiting waiting;
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, waiting.handler()).value();
  RawSocket busy(server->port()), idle(server->port());
  busy.send(get);
  auto responds = waiting.take(1);
  auto stopped = std::async(std::launch::async, [&] { server->stop(10s); });
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_FALSE(RawSocket(server->port()).connected());
  responds[0](Reply::text(200, "done"));
  const std::string answer = busy.receive_all();
  EXPECT_EQ(statuses(answer), std::vector<int>{200});
  EXPECT_NE(answer.find("connection: close"), std::string::npos);
  stopped.get();
  EXPECT_EQ(server->connections(), 0u);
}

TEST(Server, ClosesWhatIsLeftAtTheDeadline) {
  auto loops = Loops::start(1, 1);
  Waiting waiting;
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, waiting.handler()).value();
  RawSocket busy(server->port());
  busy.send(get);
  auto responds = waiting.take(1);
  server->stop(10ms);
  EXPECT_EQ(busy.receive_all(), "");
  EXPECT_TRUE(busy.closed_by_peer());
  server.reset();
  loops.reset();
  responds[0](Reply::text(200, "too late"));  // harmless
}

TEST(Server, TellsThePeersAddressAndListensOnIpv6) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  RawSocket socket(server->port());
  socket.send(get);
  socket.receive("ok\n");
  EXPECT_EQ(server.take_requests().at(0).remote, "127.0.0.1");
  auto six = Server::listen(*loops, "[::]", 0, {}, [](std::size_t, Request request, Respond respond) {
    respond(Reply::text(200, "from " + request.remote + "\n"));
  });
  if (!six.ok()) GTEST_SKIP() << "this machine has no IPv6: " << six.error().message;
  RawSocket four((*six)->port());
  four.send(get);
  EXPECT_NE(four.receive("from 127.0.0.1\n").find("from 127.0.0.1"), std::string::npos);
}

TEST(Server, SaysWhyItCannotListen) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  const auto taken =
      Server::listen(*loops, "127.0.0.1", server->port(), {}, [](std::size_t, Request, Respond) {});
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().next, Next::invalid);
  EXPECT_NE(taken.error().message.find("another program has this port"), std::string::npos)
      << taken.error().message;
  const auto wrong = Server::listen(*loops, "not an address", 0, {}, [](std::size_t, Request, Respond) {});
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("write an IPv4 or IPv6 address"), std::string::npos);
}

}  // namespace
}  // namespace waggle::http::test
