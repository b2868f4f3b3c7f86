// How the outbound client reads answers: their framing, in pieces of any size, and what must not be taken for
// one.
#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <algorithm>

#include "core/http/response_parser.hpp"
#include "tests/http/gzip.hpp"
#include "tests/http/one_client.hpp"
#include "tests/http/scripted_server.hpp"

namespace waggle::http::test {
namespace {

constexpr std::size_t max_header_bytes = 4096, max_body_bytes = 1000;

std::string word_for(ResponseParser::State state) {
  switch (state) {
    case ResponseParser::State::done:
      return "done";
    case ResponseParser::State::open:
      return "open";
    case ResponseParser::State::too_large:
      return "too large";
    case ResponseParser::State::not_http:
      return "not http";
    case ResponseParser::State::cut_off:
      return "cut off";
    default:
      return "unset";
  }
}

struct Read {
  std::string text{};  ///< status, headers and body; how it failed
  std::size_t left = 0;

  bool operator==(const Read&) const = default;
};

/// One answer, as a connection feeds it: what is not taken is shown again with the next piece. The first
/// piece ends at `cut`, the others are of `piece` bytes; `closed` says that the end follows.
Read read_in_pieces(std::string_view bytes, std::size_t cut, std::size_t piece, bool head_only, bool closed) {
  ResponseParser parser(head_only, max_header_bytes, max_body_bytes);
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(at < cut ? cut : at + piece, bytes.size());
    waiting.append(bytes.substr(at, end - at));
    at = end;
    if (parser.state() == ResponseParser::State::open) waiting.erase(0, parser.take(waiting));
  }
  if (closed) parser.end_of_stream();
  if (parser.state() != ResponseParser::State::done) return {word_for(parser.state())};
  std::string text = std::to_string(parser.response().status) + (parser.keep_alive() ? " keep" : " close");
  for (const auto& [name, value] : parser.response().headers) text += "\n" + name + ": " + value;
  return {text + "\n\n" + parser.response().body, waiting.size()};
}

struct Case {
  const char* what;
  std::string bytes;
  std::string expected;
  std::size_t left = 0;
  bool head_only = false;
  bool closed = false;
};

std::vector<Case> cases() {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string got_chunked = "200 keep\ntransfer-encoding: chunked\n\n";
  return {
      {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
       "200 keep\ncontent-length: 5\n\nhello"},
      {"length 0", "HTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", "201 keep\ncontent-length: 0\n\n"},
      {"more than the length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello",
       "200 keep\ncontent-length: 2\n\nhe", 3},
      {"less than the length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "cut off", 0, false,
       true},
      {"the length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhe",
       "200 keep\ncontent-length: 2, 2\n\nhe"},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhel", "not http"},
      {"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nhe", "not http"},
      {"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhe", "not http"},
      {"a length beyond 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nhe",
       "not http"},
      {"a length beyond the limit", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nhe", "too large"},
      {"until the end", "HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello", "200 close\nx: y\n\nhello", 0, false, true},
      {"nothing until the end", "HTTP/1.1 200 OK\r\n\r\n", "200 close\n\n", 0, false, true},
      {"an end that is awaited", "HTTP/1.1 200 OK\r\n\r\nhello", "open"},
      {"too much until the end", "HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'a'), "too large"},
      {"one chunk", chunked + "5\r\nhello\r\n0\r\n\r\n", got_chunked + "hello"},
      {"chunks", chunked + "1\r\na\r\nA\r\n0123456789\r\n002\r\nbc\r\n0\r\n\r\n",
       got_chunked + "a0123456789bc"},
      {"no chunk", chunked + "0\r\n\r\n", got_chunked},
      {"chunks with extensions", chunked + "2;a=b\r\nhe\r\n1;c=\"d;e\"\r\ny\r\n0;f\r\n\r\n",
       got_chunked + "hey"},
      {"chunks and trailers", chunked + "2\r\nhe\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", got_chunked + "he"},
      {"chunks and then garbage", chunked + "2\r\nhe\r\n0\r\n\r\nHTTP/1.1 200", got_chunked + "he", 12},
      {"chunks that look like an end", chunked + "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
       got_chunked + "\r\n0\r\n\r\n"},
      {"chunks without an end", chunked + "2\r\nhe\r\n", "cut off", 0, false, true},
      {"chunks without the last line", chunked + "2\r\nhe\r\n0\r\n", "cut off", 0, false, true},
      {"a chunk longer than it says", chunked + "2\r\nhey\r\n0\r\n\r\n", "not http"},
      {"a chunk of no size", chunked + "x\r\nhe\r\n0\r\n\r\n", "not http"},
      {"a chunk beyond 64 bits", chunked + "10000000000000000\r\nhe\r\n0\r\n\r\n", "not http"},
      {"a chunk beyond the limit", chunked + "3e9\r\n" + std::string(1001, 'a') + "\r\n0\r\n\r\n",
       "too large"},
      {"trailers beyond the limit", chunked + "0\r\nX: " + std::string(5000, 'a') + "\r\n\r\n", "too large"},
      {"trailers without an end", chunked + "0\r\nX: " + std::string(9000, 'a'), "too large"},
      {"a chunk's size without an end", chunked + "1;" + std::string(9000, 'a'), "too large"},
      {"headers without an end", "HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'a'), "too large"},
      {"a first line without an end", "HTTP/1.1 200 " + std::string(9000, 'a'), "too large"},
      {"chunks and a length",
       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "not http"},
      {"to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "200 keep\ncontent-length: 5000\n\n", 0,
       true},
      {"to HEAD, chunked", chunked, got_chunked, 0, true},
      {"to HEAD, without a length", "HTTP/1.1 200 OK\r\n\r\n", "200 keep\n\n", 0, true},
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", "204 keep\n\n"},
      {"304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n",
       "304 keep\ncontent-length: 5000\n\n"},
      {"close", "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n",
       "200 close\nconnection: foo, Close\ncontent-length: 0\n\n"},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "200 close\ncontent-length: 0\n\n"},
      {"HTTP/1.0 that is kept", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
       "200 keep\nconnection: Keep-Alive\ncontent-length: 0\n\n"},
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhe", "200 keep\ncontent-length: 2\n\nhe"},
      {"no space before no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhe",
       "200 keep\ncontent-length: 2\n\nhe"},
      {"no space and no header", "HTTP/1.1 204\r\n\r\n", "204 keep\n\n"},
      {"a folded header", "HTTP/1.1 204 x\r\nA: b\r\n  c\r\n\r\n", "204 keep\na: b c\n\n"},
      {"an unknown status", "HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n",
       "799 keep\ncontent-length: 0\n\n"},
      {"a status below 100", "HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n", "not http"},
      {"a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", "not http"},
      {"a status of two digits alone", "HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n", "not http"},
      {"HTTP/2", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "not http"},
      {"a line break in a name", "HTTP/1.1 200 OK\r\nA\r\nContent-Length: 0\r\n\r\n", "not http"},
      {"a space behind a name", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "not http"},
      {"headers beyond the limit", "HTTP/1.1 200 OK\r\nA: " + std::string(5000, 'a') + "\r\n\r\n",
       "too large"},
      {"cut within the headers", "HTTP/1.1 200 OK\r\nContent-Le", "cut off", 0, false, true},
      {"cut within the first line", "HTTP/1.1 200", "cut off", 0, false, true},
      {"nothing", "", "cut off", 0, false, true},
  };
}

TEST(ClientAnswers, AreTheSameInPiecesOfEverySize) {
  for (const Case& one : cases()) {
    const Read expected{one.expected, one.left};
    const auto read = [&](std::size_t cut, std::size_t piece) {
      return read_in_pieces(one.bytes, cut, piece, one.head_only, one.closed);
    };
    for (const std::size_t piece : {1, 2, 3, 5, 7, 100'000}) {
      const Read got = read(0, piece);
      ASSERT_EQ(got.text, expected.text) << one.what << ", in pieces of " << piece;
      EXPECT_EQ(got.left, expected.left) << one.what << ", in pieces of " << piece;
    }
    for (std::size_t cut = 1; cut < std::min<std::size_t>(one.bytes.size(), 300); ++cut) {
      EXPECT_EQ(read(cut, one.bytes.size()).text, expected.text) << one.what << ", cut at " << cut;
      EXPECT_EQ(read(cut, 1).text, expected.text) << one.what << ", by bytes behind " << cut;
    }
  }
}

TEST(ClientAnswers, ArriveByteByByte) {
  ScriptedServer server([](ScriptedServer::Visit& visit) {
    const int yes = 1;
    ::setsockopt(visit.socket.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    for (const Case& one : cases()) {
      if (one.expected.substr(0, 8) != "200 keep" || one.left != 0 || one.head_only) continue;
      if (visit.request().empty()) return;
      for (const char& byte : one.bytes) visit.socket.send({&byte, 1});
    }
  });
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  for (const Case& one : cases()) {
    if (one.expected.substr(0, 8) != "200 keep" || one.left != 0 || one.head_only) continue;
    const auto answer = client.get(server.url());
    ASSERT_TRUE(answer.ok()) << one.what << ": " << answer.error().message;
    EXPECT_EQ(answer->body, one.expected.substr(one.expected.find("\n\n") + 2)) << one.what;
  }
  EXPECT_EQ(server.visits(), 1u) << "each of these leaves its connection good for the next";
}

TEST(ClientAnswers, HaveNoBodyByMethodOrStatus) {
  const std::tuple<const char*, const char*, std::string, int> cases[] = {
      {"HEAD", "the length of what GET gives", "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", 200},
      {"HEAD", "chunks of what GET gives", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200},
      {"HEAD", "gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n", 200},
      {"HEAD", "behind an interim answer",
       "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 200},
      {"GET", "204", "HTTP/1.1 204 No Content\r\n\r\n", 204},
      {"GET", "304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304},
  };
  for (const auto& [method, what, bytes, status] : cases) {
    ScriptedServer server([&bytes = bytes](ScriptedServer::Visit& visit) {
      visit.answer(bytes);
      visit.answer(ok_with("the next"));
    });
    auto loops = Loops::start(1, 1);
    OneClient client(*loops);
    const auto answer = client.call({.method = method, .url = server.url()});
    ASSERT_TRUE(answer.ok()) << what << ": " << answer.error().message;
    EXPECT_EQ(answer->status, status) << what;
    EXPECT_EQ(answer->body, "") << what;
    const auto next = client.get(server.url());
    ASSERT_TRUE(next.ok()) << what << ": " << next.error().message;
    EXPECT_EQ(next->body, "the next") << what;
    EXPECT_EQ(server.visits(), 1u) << what;
  }
}

TEST(ClientAnswers, FollowInterimOnes) {
  const std::string interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nContent-Length: 7\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nLink: a\r\nLink: b\r\n\r\n";
  ScriptedServer server([&](ScriptedServer::Visit& visit) {
    while (visit.answer(interim + ok_with("real"))) continue;
  });
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.get(server.url());
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "real");
    EXPECT_EQ(answer->headers, (Headers{{"content-length", "4"}}));
  }
  EXPECT_EQ(server.visits(), 1u);
}

TEST(ClientAnswers, InACodingWeDoNotKnowAreHandedOnAsTheyAre) {
  for (const std::string coding : {"br", "zstd", "gzip, gzip", "identity"}) {
    ScriptedServer server(ok_with("\x1f\x8b raw", "Content-Encoding: " + coding + "\r\n"));
    auto loops = Loops::start(1, 1);
    OneClient client(*loops);
    const auto answer = client.get(server.url());
    ASSERT_TRUE(answer.ok()) << coding << ": " << answer.error().message;
    EXPECT_EQ(answer->body, "\x1f\x8b raw") << coding;
    EXPECT_EQ(header(answer->headers, "content-encoding"), coding);
    EXPECT_EQ(header(answer->headers, "content-length"), "6") << coding;
  }
}

TEST(ClientAnswers, ThatAreDamagedGzipAreNotAskedForAgain) {
  const std::string good = gzip("hello hello hello");
  std::string flipped = good;
  flipped[good.size() - 6] ^= 1;  // the checksum
  const std::pair<const char*, std::string> cases[] = {{"cut short", good.substr(0, good.size() - 1)},
                                                       {"not gzip", "{\"a\":1}"},
                                                       {"wrong checksum", flipped},
                                                       {"bytes behind the end", good + "x"}};
  ScriptedServer server([&](ScriptedServer::Visit& visit) {
    for (const auto& [what, body] : cases) visit.answer(ok_with(body, "Content-Encoding: gzip\r\n"));
    visit.answer(ok_with(good, "Content-Encoding: gzip\r\n"));
  });
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  for (const auto& [what, body] : cases) {
    const auto answer = client.get(server.url());
    ASSERT_FALSE(answer.ok()) << what;
    EXPECT_EQ(answer.error().next, Next::failed) << what;
    EXPECT_EQ(answer.error().code, "unreadable_answer") << what;
    EXPECT_NE(answer.error().message.find("answered 200, but its compressed body cannot be read"),
              std::string::npos)
        << answer.error().message;
  }
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, "hello hello hello");
  EXPECT_EQ(server.visits(), 1u) << "the framing was right, so the connection is";
}

/// The server may have done what was asked: only a server's own failure is tried again.
TEST(ClientAnswers, OfWhichOnlyTheStatusCanBeReadAreFinalUnlessTheyAreFailures) {
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  for (const auto& [status, next] :
       {std::pair("200", Next::failed), {"404", Next::failed}, {"429", Next::retry}, {"503", Next::retry}})
    for (const char* rest : {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
                             "no colon\r\n\r\n", "a : b\r\n\r\n"}) {
      ScriptedServer server("HTTP/1.1 " + std::string(status) + " Said\r\n" + rest);
      const auto answer = client.call({.method = "POST", .url = server.url(), .body = "{}"});
      ASSERT_FALSE(answer.ok()) << rest;
      EXPECT_EQ(answer.error().next, next) << status << " " << rest;
      EXPECT_NE(answer.error().message.find("answered " + std::string(status)), std::string::npos)
          << answer.error().message;
    }
}

TEST(ClientAnswers, MayShrinkAsTheyLikeWithinTheLimit) {
  const std::string body = gzip(std::string(3u << 20, 'a'));
  ScriptedServer server(ok_with(body, "Content-Encoding: gzip\r\n"));
  auto loops = Loops::start(1, 1);
  OneClient client(*loops);
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body.size(), 3u << 20);
}

}  // namespace
}  // namespace waggle::http::test
