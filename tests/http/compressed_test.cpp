// Content-Encoding of requests: decoded within bounds, or refused with the right status.
#include <gtest/gtest.h>

#include <random>

#include "core/http/inflate.hpp"
#include "tests/http/gzip.hpp"
#include "tests/http/raw.hpp"

namespace waggle::http::test {
namespace {

constexpr std::size_t limit = 4u << 20;

Request encoded(std::string coding, std::string body) {
  Request request;
  request.headers = {
      {"content-type", "text/plain"}, {"content-encoding", std::move(coding)}, {"content-length", "0"}};
  request.body = std::move(body);
  return request;
}

/// Text that does not shrink more than a few times.
std::string words(std::size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) text += "word" + std::to_string(random()) + " ";
  text.resize(size);
  return text;
}

TEST(CompressedBodies, AreDecodedWhole) {
  const std::string text = words(300'000);
  for (const auto& [coding, body] :
       {std::pair("gzip", gzip(text)), std::pair("X-GZIP", gzip(text)), std::pair("deflate", zlib(text))}) {
    Request request = encoded(coding, body);
    ASSERT_TRUE(is_encoded(request.headers));
    EXPECT_FALSE(decode_body(request.headers, request.body, limit).has_value()) << coding;
    EXPECT_TRUE(request.body == text) << coding;
    EXPECT_EQ(request.headers, (Headers{{"content-type", "text/plain"}})) << coding;
  }
  Request two = encoded("gzip", gzip("one ") + gzip("two"));
  EXPECT_FALSE(decode_body(two.headers, two.body, limit).has_value());
  EXPECT_EQ(two.body, "one two");
  EXPECT_FALSE(is_encoded(encoded("identity", "a").headers));
}

TEST(CompressedBodies, AreRefusedByKind) {
  const std::string good = gzip(words(5000));
  std::string flipped = good;
  flipped[good.size() - 6] ^= 1;  // the checksum
  const std::tuple<const char*, const char*, std::string, int> cases[] = {
      {"cut short", "gzip", good.substr(0, good.size() - 1), 400},
      {"empty", "gzip", "", 400},
      {"not compressed", "gzip", "{}", 400},
      {"wrong checksum", "gzip", flipped, 400},
      {"bytes behind the end", "gzip", good + "x", 400},
      {"bytes behind the end", "deflate", zlib("a") + "x", 400},
      {"deflate without its frame", "deflate", raw_deflate("hello"), 400},
      {"longer than the limit", "gzip", gzip(words(limit + 1)), 413},
      {"a bomb", "gzip", gzip(std::string(limit, 'a')), 413},
      {"unknown", "br", "x", 415},
      {"two codings", "gzip, gzip", gzip(gzip("a")), 415},
      {"no coding", "", "x", 415},
  };
  for (const auto& [what, coding, body, status] : cases) {
    Request request = encoded(coding, body);
    const auto refusal = decode_body(request.headers, request.body, limit);
    ASSERT_TRUE(refusal.has_value()) << what;
    EXPECT_EQ(refusal->status, status) << what;
  }
  Request twice = encoded("gzip", good);
  twice.headers.emplace_back("content-encoding", "gzip");
  EXPECT_EQ(decode_body(twice.headers, twice.body, limit)->status, 415);
}

TEST(CompressedBodies, AreBoundedExactlyAtTheLimits) {
  Request fits = encoded("gzip", gzip(words(limit)));
  EXPECT_FALSE(decode_body(fits.headers, fits.body, limit).has_value());
  Request small = encoded("gzip", gzip(std::string(inflate_ratio_free_bytes, 'a')));
  EXPECT_FALSE(decode_body(small.headers, small.body, limit).has_value())
      << "a high ratio is fine in small bodies";
  Request above = encoded("gzip", gzip(std::string(inflate_ratio_free_bytes + 1, 'a')));
  EXPECT_TRUE(decode_body(above.headers, above.body, limit).has_value());
}

/// Small ones are decoded on the loop, large ones on the pool; the handler cannot tell.
TEST(CompressedBodies, ReachTheHandlerDecodedWhateverTheirSize) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  for (std::size_t size : {10u, 2'000'000u}) {
    const std::string text = words(size);
    const std::string body = gzip(text);
    RawSocket socket(server->port());
    socket.send(
        "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_EQ(statuses(socket.receive_all()), std::vector<int>{200});
    const auto requests = server.take_requests();
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_TRUE(requests[0].body == text) << size;
  }
}

}  // namespace
}  // namespace waggle::http::test
