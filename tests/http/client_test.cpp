// The outbound client against good, slow, hostile and absent servers.
#include "core/http/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>

#include "tests/http/gzip.hpp"
#include "tests/http/one_client.hpp"
#include "tests/http/scripted_server.hpp"

namespace waggle::http::test {
namespace {

using namespace std::chrono_literals;

std::size_t threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST(Client, SendsMethodHeadersAndBodyAsGiven) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  OneClient client(*loops);
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"})
    for (const char* body : {"", "{\"a\":1}"}) {
      const auto answer =
          client.call({.method = method,
                       .url = url_of(*server, "/a%20b?c=d"),
                       .headers = {{"X-One", "1"}, {"x-empty", ""}, {"Authorization", "Bearer t"}},
                       .body = body});
      ASSERT_TRUE(answer.ok()) << answer.error().message;
      const auto requests = server.take_requests();
      ASSERT_EQ(requests.size(), 1u);
      EXPECT_EQ(requests[0].method, method);
      EXPECT_EQ(requests[0].path, "/a%20b");
      EXPECT_EQ(requests[0].query, "c=d");
      EXPECT_EQ(requests[0].body, body);
      EXPECT_EQ(header(requests[0].headers, "x-one"), "1");
      EXPECT_EQ(header(requests[0].headers, "authorization"), "Bearer t");
      EXPECT_EQ(header(requests[0].headers, "content-type"), "");
      EXPECT_EQ(header(requests[0].headers, "expect"), "");
    }
}

TEST(Client, GivesStatusHeadersInLowerCaseAndBody) {
  ScriptedServer server(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After:  7 \r\nX-Two: "
      "a\r\nx-two: b\r\nContent-Length: 4\r\n\r\nwait");
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->body, "wait");
  EXPECT_EQ(answer->headers,
            (Headers{{"retry-after", "7"}, {"x-two", "a"}, {"x-two", "b"}, {"content-length", "4"}}));
}

TEST(Client, DoesNotFollowRedirects) {
  ScriptedServer server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 302);
}

TEST(Client, DecodesGzip) {
  const std::string text = "hello hello hello hello hello";
  const std::string body = gzip(text);
  ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body);
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, text);
  EXPECT_TRUE(answer->headers.empty());
}

TEST(Client, RefusesAnswersThatAreTooLarge) {
  const std::string bomb = gzip(std::string(20u << 20, 'a'));
  const std::string cases[] = {
      "HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'a'),
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + bomb,
      "HTTP/1.1 200 OK\r\nX: " + std::string(90'000, 'a') + "\r\n\r\n",
      [] {
        std::string flood = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 5000; ++i) flood += "X-Header-" + std::to_string(i) + ": y\r\n";
        return flood + "\r\n";
      }(),
      [] {
        std::string flood;
        for (int i = 0; i < 5000; ++i) flood += "HTTP/1.1 102 Processing\r\n\r\n";
        return flood + "HTTP/1.1 200 OK\r\n\r\n";
      }(),
  };
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  for (const std::string& bytes : cases) {
    ScriptedServer server(bytes);
    const auto answer = client.call({.method = "GET", .url = server.url(), .max_response_bytes = 1999});
    ASSERT_FALSE(answer.ok()) << bytes.substr(0, 60);
    EXPECT_EQ(answer.error().next, Next::failed) << answer.error().message;
    EXPECT_EQ(answer.error().code, "answer_too_large");
  }
  ScriptedServer fits("HTTP/1.1 200 OK\r\n\r\n" + std::string(1999, 'a'));
  EXPECT_TRUE(client.call({.method = "GET", .url = fits.url(), .max_response_bytes = 1999}).ok());
}

TEST(Client, SaysInPlainWordsWhatWentWrong) {
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  std::uint16_t nobody = 0;
  {
    WatchedServer gone(*loops, {}, answer_ok);
    nobody = gone->port();
  }
  ScriptedServer silent("", false), closing(""), cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
      noise("SSH-2.0-OpenSSH\r\n");
  const std::string tls = "https" + silent.url().substr(4);
  const std::tuple<std::string, Next, const char*> cases[] = {
      {"http://127.0.0.1:" + std::to_string(nobody), Next::retry, "does not take connections"},
      {"http://nobody.invalid/", Next::retry, "nobody.invalid"},
      {silent.url(), Next::retry, "127.0.0.1 did not answer within 0.3 s"},
      {tls, Next::retry, "127.0.0.1 did not answer within 0.3 s"},
      {closing.url(), Next::retry, "closed the connection before its answer was complete"},
      {cut.url(), Next::retry, "closed the connection before its answer was complete"},
      {noise.url(), Next::retry, "does not speak HTTP"},
      {"https" + noise.url().substr(4), Next::retry, "found no common TLS"},
      {"ftp://127.0.0.1/", Next::invalid, "not an http or https URL"},
      {"file:///etc/passwd", Next::invalid, "not an http or https URL"},
      {"no url", Next::invalid, "not a URL"},
      {"http://", Next::invalid, "not a URL"},
      {"http://x y/", Next::invalid, "not a URL"},
      {std::string("http://127.0.0.1/\0x", 19), Next::invalid, "not a URL"},
      {"http://127.0.0.1/\r\nx: y", Next::invalid, "not a URL"},
  };
  for (const auto& [url, next, words] : cases) {
    const auto answer = client.call({.method = "GET", .url = url, .timeout = 300ms});
    ASSERT_FALSE(answer.ok()) << url;
    EXPECT_EQ(answer.error().next, next) << url;
    EXPECT_NE(answer.error().message.find(words), std::string::npos) << url << ": " << answer.error().message;
  }
}

TEST(Client, RefusesACertificateThatNobodySigned) {
  char folder[] = "/tmp/waggle-tls-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string key = std::string(folder) + "/key.pem";
  const std::string make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -keyout " +
                           key + " -out " + key + ".crt 2>/dev/null";
  if (std::system(make.c_str()) != 0)
    GTEST_SKIP() << "there is no openssl program to make a certificate with";
  const std::string serve = "exec openssl s_server -www -naccept 1 -accept 127.0.0.1:0 -cert " + key +
                            ".crt -key " + key + " 2>/dev/null";
  FILE* server = ::popen(serve.c_str(), "r");
  std::string port;
  for (char line[256]; port.empty() && std::fgets(line, sizeof line, server) != nullptr;)
    if (std::string_view(line).substr(0, 7) == "ACCEPT ")
      port = std::string(line, std::strcspn(line, "\n")).substr(std::string_view(line).rfind(':') + 1);
  ASSERT_FALSE(port.empty());
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  const auto answer = client.get("https://127.0.0.1:" + port + "/");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().next, Next::retry);
  EXPECT_NE(answer.error().message.find("certificate of 127.0.0.1 cannot be trusted"), std::string::npos)
      << answer.error().message;
  ::pclose(server);
  std::filesystem::remove_all(folder);
}

TEST(Client, NeverSendsALineBreakInAHeader) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  OneClient client(*loops);
  const Headers bad[] = {{{"x", "a\r\nb: c"}}, {{"x", "a\nb"}}, {{"x", std::string("a\0b", 3)}},
                         {{"x: y\r\nz", "a"}}, {{"", "a"}},     {{"a b", "c"}}};
  for (const Headers& headers : bad) {
    const auto answer = client.call({.method = "GET", .url = url_of(*server), .headers = headers});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().next, Next::invalid);
  }
  EXPECT_FALSE(client.call({.method = "GET / HTTP/1.1\r\n", .url = url_of(*server)}).ok());
  EXPECT_TRUE(server.take_requests().empty());
}

TEST(Client, UsesAConnectionAgain) {
  auto loops = Loops::start(2, 1);
  WatchedServer server(*loops, {}, answer_ok);
  OneClient client(*loops);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.get(url_of(*server)).ok());
  EXPECT_EQ(server->connections(), 1u);
}

TEST(Client, TriesAgainWhenAKeptConnectionHasDied) {
  auto loops = Loops::start(1, 1);
  ServerLimits limits;
  limits.idle_timeout = 1s;
  WatchedServer server(*loops, limits, answer_ok);
  OneClient client(*loops);
  ASSERT_TRUE(client.get(url_of(*server)).ok());
  wait_until([&] { return server->connections() == 0; });
  EXPECT_TRUE(client.get(url_of(*server)).ok());
}

TEST(Client, AnswersWhatIsUnderWayWhenItEnds) {
  ScriptedServer silent("", false);
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  auto waiting = client.start({.method = "GET", .url = silent.url()});
  EXPECT_EQ(waiting.wait_for(50ms), std::future_status::timeout);
  client.end();
  const auto answer = waiting.get();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().next, Next::retry);
}

TEST(Client, MaySendAgainFromItsAnswer) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  std::promise<void> done;
  std::unique_ptr<Client> client;
  int left = 100;
  std::function<void(Outcome)> again = [&](Outcome outcome) {
    EXPECT_TRUE(outcome.ok());
    if (outcome.ok() && --left != 0) return client->send({.method = "GET", .url = url_of(*server)}, again);
    client.reset();  // and end it from there
    done.set_value();
  };
  loops->at(0).post([&] {
    client = std::make_unique<Client>(loops->at(0));
    client->send({.method = "GET", .url = url_of(*server)}, again);
  });
  done.get_future().get();
  EXPECT_EQ(left, 0);
}

/// Two thousand calls wait at once for a server that is in no hurry, by address and by name, and no thread is
/// added for them.
TEST(Client, HasThousandsUnderWayWithoutThreads) {
  constexpr std::size_t many = 2000;
  auto loops = Loops::start(2, 1);
  std::mutex mutex;
  std::vector<Respond> waiting;
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, [&](std::size_t, Request, Respond respond) {
                  std::lock_guard lock(mutex);
                  waiting.push_back(std::move(respond));
                }).value();
  OneClient client(*loops);
  for (const std::string& host : {std::string("127.0.0.1"), std::string("localhost")}) {
    const std::size_t before = threads();
    std::atomic<std::size_t> most = 0;
    std::vector<std::future<Outcome>> answers;
    for (std::size_t i = 0; i < many; ++i)
      answers.push_back(client.start(
          {.method = "GET", .url = "http://" + host + ":" + std::to_string(server->port()) + "/"}));
    for (std::size_t count = 0; count < many;) {
      most = std::max(most.load(), threads());
      std::this_thread::sleep_for(1ms);
      std::lock_guard lock(mutex);
      count = waiting.size();
    }
    EXPECT_LE(most, before + 1) << "looking up one name may take one thread";
    std::vector<Respond> responds;
    {
      std::lock_guard lock(mutex);
      responds.swap(waiting);
    }
    for (auto& respond : responds) respond(Reply::text(200, "at last"));
    for (auto& answer : answers) {
      const auto outcome = answer.get();
      ASSERT_TRUE(outcome.ok()) << outcome.error().message;
      EXPECT_EQ(outcome->body, "at last");
    }
  }
}

TEST(Client, FailsAllThatWaitForANameWhichDoesNotExist) {
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  std::vector<std::future<Outcome>> answers;
  for (int i = 0; i < 50; ++i)
    answers.push_back(client.start({.method = "GET", .url = "http://nobody.invalid/"}));
  for (auto& answer : answers) {
    const auto outcome = answer.get();
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().next, Next::retry);
  }
}

}  // namespace
}  // namespace waggle::http::test
