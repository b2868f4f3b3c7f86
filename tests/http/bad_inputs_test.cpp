// Every hostile request of the shared corpus, all at once, against the server: refused, taken or timed out as
// its index says.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/http/pieces.hpp"
#include "tests/http/raw.hpp"

namespace waggle::http::test {
namespace {

struct Sample {
  std::string path;  ///< http/own-ok_chunked.http
  std::string expected;
};

std::vector<Sample> index(const std::string& folder, std::string_view group) {
  std::vector<Sample> samples;
  std::ifstream file(folder + "/bad-inputs/INDEX.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Sample sample;
    std::string ignored;
    std::getline(fields, sample.path, '\t');
    std::getline(fields, ignored, '\t');
    std::getline(fields, sample.expected, '\t');
    if (sample.path.substr(0, group.size()) == group) samples.push_back(sample);
  }
  return samples;
}

bool is_refusal(int status) { return (status >= 400 && status < 500) || status == 501 || status == 505; }

/// Why the answers do not fit the expectation; empty when they do.
std::string judge(const Sample& sample, const std::vector<int>& answers, bool closed) {
  const bool taken = !answers.empty() && answers.front() >= 200 && answers.front() < 300;
  for (int status : answers)
    if (status >= 500 && !is_refusal(status)) return "a server error";
  if (!closed) return "the connection stays open for ever";
  if (sample.expected == "accept") return taken ? "" : "not taken";
  if (sample.expected == "timeout") return answers.empty() || is_refusal(answers.back()) ? "" : "taken";
  if (sample.expected == "either") return "";
  // Data behind a `close`: the first request is good, and what follows is never looked at.
  const bool behind_close = sample.path.find("connection-03") != std::string::npos ||
                            sample.path.find("connection-09") != std::string::npos ||
                            sample.path.find("connection-04") != std::string::npos;
  if (behind_close) return answers.size() == 1 ? "" : "data behind a close was looked at";
  return !answers.empty() && is_refusal(answers.back()) ? "" : "not refused";
}

std::string to_text(const std::vector<int>& answers) {
  std::string text;
  for (int status : answers) text += std::to_string(status) + " ";
  return text;
}

/// Sends every sample on a connection of its own, then reads all of them to their ends.
void run(std::uint16_t port, const std::string& folder, const std::vector<Sample>& samples) {
  std::vector<RawSocket> sockets;
  for (const Sample& sample : samples) {
    sockets.emplace_back(port);
    ASSERT_TRUE(sockets.back().connected());
    sockets.back().send(read_file(folder + "/bad-inputs/" + sample.path));
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto answers = statuses(sockets[i].receive_all());
    const std::string wrong = judge(samples[i], answers, sockets[i].closed_by_peer());
    EXPECT_EQ(wrong, "") << samples[i].path << " (" << samples[i].expected << "): " << to_text(answers);
  }
  RawSocket good(port);
  good.send("GET /hooks/test HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(statuses(good.receive_all()), std::vector<int>{200});
}

ServerLimits short_times() {
  ServerLimits limits;
  limits.header_timeout = limits.body_timeout = limits.idle_timeout = std::chrono::seconds(1);
  return limits;
}

/// These files use many paths; here every path is served, so that a 404 cannot pass for a refusal.
TEST(BadInputs, FramingOfOthersIsJudgedAsMarked) {
  const std::string folder = shared_folder();
  if (folder.empty()) GTEST_SKIP() << "the shared test data is not on this machine (set WAGGLE_SHARED)";
  const auto samples = index(folder, "http/llhttp-");
  ASSERT_GT(samples.size(), 80u);
  auto loops = Loops::start(2, 1);
  WatchedServer server(*loops, short_times(), answer_ok);
  run(server->port(), folder, samples);
}

TEST(BadInputs, OwnRequestsAreJudgedAsMarked) {
  const std::string folder = shared_folder();
  if (folder.empty()) GTEST_SKIP() << "the shared test data is not on this machine (set WAGGLE_SHARED)";
  const auto samples = index(folder, "http/own-");
  ASSERT_GT(samples.size(), 90u);
  auto loops = Loops::start(2, 1);
  WatchedServer server(*loops, short_times(), [](const Request& request) {
    return Reply::text(request.path == "/hooks/test" ? 200 : 404, "");
  });
  run(server->port(), folder, samples);
  for (const Request& request : server.take_requests()) {
    EXPECT_EQ(header(request.headers, "x-t"), "") << "a trailer became a header";
    EXPECT_NE(header(request.headers, "x-signature"), "forged") << "a trailer became a header";
    if (request.method == "POST" && request.path == "/hooks/test" &&
        header(request.headers, "transfer-encoding") == "chunked") {
      EXPECT_EQ(request.body, "{\"id\":1}");
    }
  }
}

TEST(BadInputs, NoSecondRequestIsSmuggledIn) {
  const std::string folder = shared_folder();
  if (folder.empty()) GTEST_SKIP() << "the shared test data is not on this machine (set WAGGLE_SHARED)";
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, short_times(), answer_ok);
  for (const Sample& sample : index(folder, "http/own-")) {
    const bool framing =
        sample.path.find("own-te_") != std::string::npos || sample.path.find("own-cl_") != std::string::npos;
    if (!framing || sample.expected != "reject") continue;
    RawSocket socket(server->port());
    socket.send(read_file(folder + "/bad-inputs/" + sample.path));
    socket.receive_all();
    EXPECT_TRUE(server.take_requests().empty()) << sample.path;
  }
}

/// The same bytes in pieces must be judged the same: the parser sees every boundary.
TEST(BadInputs, AreJudgedTheSameByteByByte) {
  const std::string folder = shared_folder();
  if (folder.empty()) GTEST_SKIP() << "the shared test data is not on this machine (set WAGGLE_SHARED)";
  auto samples = index(folder, "http/");
  ServerLimits limits;
  std::size_t compared = 0;
  for (const Sample& sample : samples) {
    const std::string bytes = read_file(folder + "/bad-inputs/" + sample.path);
    if (bytes.size() > 4096) continue;
    EXPECT_EQ(parse_in_pieces(bytes, 1, limits), parse_in_pieces(bytes, bytes.size(), limits)) << sample.path;
    EXPECT_EQ(parse_in_pieces(bytes, 3, limits), parse_in_pieces(bytes, bytes.size(), limits)) << sample.path;
    ++compared;
  }
  EXPECT_GT(compared, 150u);
}

TEST(BadInputs, CompressedBodiesAreJudgedAsMarked) {
  const std::string folder = shared_folder();
  if (folder.empty()) GTEST_SKIP() << "the shared test data is not on this machine (set WAGGLE_SHARED)";
  const auto samples = index(folder, "compressed/");
  ASSERT_GT(samples.size(), 8u);
  auto loops = Loops::start(1, 1);
  ServerLimits limits;
  limits.max_body_bytes = 1u << 20;
  WatchedServer server(*loops, limits, answer_ok);
  for (const Sample& sample : samples) {
    const std::string body = read_file(folder + "/bad-inputs/" + sample.path);
    const bool deflate = sample.path.find(".deflate") != std::string::npos;
    RawSocket socket(server->port());
    socket.send("POST /hooks/test HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: " +
                std::string(deflate ? "deflate" : "gzip") +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const auto answers = statuses(socket.receive_all());
    EXPECT_EQ(judge(sample, answers, socket.closed_by_peer()), "") << sample.path << ": " << to_text(answers);
  }
}

}  // namespace
}  // namespace waggle::http::test
