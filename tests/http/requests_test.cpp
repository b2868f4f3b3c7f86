// requests.tsv: bytes on a socket, the statuses that come back, and the paths that the handler saw.
#include <gtest/gtest.h>

#include "tests/http/pieces.hpp"
#include "tests/http/raw.hpp"

namespace waggle::http::test {
namespace {

struct Row {
  std::string statuses;
  std::string paths;
  std::string bytes;
};

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'x':
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default:
        out += text[i];
    }
  }
  return out;
}

std::vector<Row> rows() {
  std::vector<Row> out;
  std::ifstream file(WAGGLE_SOURCE_DIR "/tests/http/requests.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream fields(line);
    Row row;
    std::getline(fields, row.statuses, '\t');
    std::getline(fields, row.paths, '\t');
    std::getline(fields, row.bytes);
    row.bytes = unescape(row.bytes);
    out.push_back(row);
  }
  return out;
}

template <class Range, class Text>
std::string join(const Range& range, Text text) {
  std::string out;
  for (const auto& item : range) out += (out.empty() ? "" : " ") + text(item);
  return out;
}

TEST(Requests, AreAnsweredAsTheTableSays) {
  auto loops = Loops::start(1, 1);
  WatchedServer server(*loops, {}, answer_ok);
  const auto table = rows();
  ASSERT_GT(table.size(), 60u);
  for (const Row& row : table) {
    RawSocket socket(server->port());
    socket.send(row.bytes);
    const auto answers = statuses(socket.receive_all());
    EXPECT_EQ(join(answers, [](int status) { return std::to_string(status); }), row.statuses) << row.bytes;
    EXPECT_TRUE(socket.closed_by_peer()) << row.bytes;
    EXPECT_EQ(join(server.take_requests(), [](const Request& request) { return request.path; }), row.paths)
        << row.bytes;
  }
}

TEST(Requests, AreParsedTheSameInPiecesOfAnySize) {
  for (const Row& row : rows()) {
    const std::string whole = parse_in_pieces(row.bytes, row.bytes.size(), {});
    for (std::size_t piece : {1u, 2u, 3u, 5u, 7u, 64u})
      EXPECT_EQ(parse_in_pieces(row.bytes, piece, {}), whole) << piece << ": " << row.bytes;
  }
}

TEST(Requests, ReachTheHandlerWhole) {
  const std::string body("he\0lo", 5);
  const std::string head =
      "POST /a%20b?c=d&e HTTP/1.1\r\nHost: x\r\nX-Two:  a \t\r\nx-two: b\r\nX-Empty:\r\n";
  const std::string text = parse_in_pieces(head + "Content-Length: 5\r\n\r\n" + body + "GET", 4, {});
  EXPECT_EQ(text, "POST /a%20b c=d&e\nhost: x\nx-two: a\nx-two: b\nx-empty: \ncontent-length: 5\n\n" + body);
}

TEST(Requests, AreBoundedExactlyAtTheLimits) {
  ServerLimits limits;
  limits.max_headers = 3;
  limits.max_body_bytes = 8;
  limits.max_header_bytes = 200;
  const auto parse = [&](const std::string& bytes) { return parse_in_pieces(bytes, 10, limits); };
  const std::string line = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_NE(parse(line + "A: 1\r\nB: 2\r\n\r\n"), "refused 431");
  EXPECT_EQ(parse(line + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n"), "refused 431");
  EXPECT_NE(parse(line + "Content-Length: 8\r\n\r\n12345678"), "refused 413");
  EXPECT_EQ(parse(line + "Content-Length: 9\r\n\r\n123456789"), "refused 413");
  EXPECT_NE(parse(line + "Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n4\r\n1234\r\n0\r\n\r\n"),
            "refused 413");
  EXPECT_EQ(parse(line + "Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n5\r\n12345\r\n0\r\n\r\n"),
            "refused 413");
  const std::size_t frame = line.size() + std::string("A: \r\n\r\n").size();
  EXPECT_NE(parse(line + "A: " + std::string(200 - frame, 'a') + "\r\n\r\n"), "refused 431");
  EXPECT_EQ(parse(line + "A: " + std::string(201 - frame, 'a') + "\r\n\r\n"), "refused 431");
  EXPECT_EQ(parse("GET /" + std::string(300, 'a')), "refused 414");
}

}  // namespace
}  // namespace waggle::http::test
