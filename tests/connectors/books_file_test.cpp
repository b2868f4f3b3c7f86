// Books: the file itself. Each entry once, whole after a crash at any byte, beside writers of all kinds.
#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "tests/connectors/book.hpp"

namespace waggle::test {
namespace {

class EachFormat : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!is_there(GetParam().check)) GTEST_SKIP() << GetParam().check << " is not installed";
  }
};

/// A crash in the middle of the append: the intent is there, and the file has any part of the text.
TEST_P(EachFormat, AFileTornAtAnyByteIsMended) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:1")).done());
  const std::string before = book.text();
  ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:2")).done());
  const std::string after = book.text(), piece = after.substr(before.size());
  std::uint64_t mark = 14695981039346656037ull;
  for (const char c : piece) mark = (mark ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  char head[80];
  std::snprintf(head, sizeof head, "%zu %zu %llx\n", before.size(), piece.size(),
                static_cast<unsigned long long>(mark));
  // Each cut costs some fsyncs: all ends, and every seventh byte between.
  for (std::size_t cut = 0; cut <= piece.size(); cut += cut < 3 || cut + 8 > piece.size() ? 1 : 7) {
    for (const std::string& zeros : {std::string(), std::string(3, '\0')}) {
      if (cut == piece.size() && !zeros.empty()) continue;
      book.write(before + piece.substr(0, cut) + zeros);
      std::ofstream(book.pending(), std::ios::binary) << head << piece;
      const Answer retry = book.books.act("add_entry", order(kind, "order:2"));
      ASSERT_TRUE(retry.done()) << retry.message();
      EXPECT_EQ(retry.output().at("written").as_bool(), cut < piece.size()) << cut;
      ASSERT_EQ(book.text(), after) << cut;
      EXPECT_FALSE(fs::exists(book.pending()));
    }
  }
  // A torn intent: the append never began.
  for (std::size_t cut :
       {std::size_t{0}, std::size_t{3}, std::strlen(head), std::strlen(head) + piece.size() - 1}) {
    book.write(before);
    std::ofstream(book.pending(), std::ios::binary) << (head + piece).substr(0, cut);
    EXPECT_TRUE(book.books.act("add_entry", order(kind, "order:2")).output().at("written").as_bool());
    EXPECT_EQ(book.text(), after);
  }
  EXPECT_EQ(book.accepted().status, 0);
}

TEST_P(EachFormat, WhatAPersonWritesMeanwhileStays) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:1")).done());
  const std::string line = kind.format == "beancount" ? "; by hand" : "; by hand, no line end";
  book.write(book.text() + "\n" + line);
  ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:2")).done());
  EXPECT_NE(book.text().find(line + "\n"), std::string::npos);
  // An editor that saves by putting a new file in place, with an entry taken out: the id is free again.
  const std::string text = book.text();
  const fs::path fresh = book.file.string() + ".new";
  std::ofstream(fresh, std::ios::binary) << text.substr(0, text.find(line));
  fs::rename(fresh, book.file);
  EXPECT_TRUE(book.books.act("add_entry", order(kind, "order:2")).output().at("written").as_bool());
  EXPECT_FALSE(book.books.act("add_entry", order(kind, "order:1")).output().at("written").as_bool());
  EXPECT_EQ(book.accepted().status, 0) << book.accepted().output << book.text();
}

TEST_P(EachFormat, ManyWritersAtOnceWriteEachEntryOnce) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  std::vector<std::thread> threads;
  constexpr int writers = 8, entries = 10;
  for (int t = 0; t < writers; ++t)
    threads.emplace_back([&, t] {
      Driver own("books");
      own.connection = book.books.connection;
      for (int i = 0; i < entries; ++i) {
        // Every id by two writers.
        const Answer answer =
            own.act("add_entry", order(kind, "order:" + std::to_string(i + (t / 2) * entries)));
        EXPECT_TRUE(answer.done()) << answer.message();
      }
    });
  for (auto& thread : threads) thread.join();
  std::size_t found = 0;
  const std::string text = book.text();
  for (std::size_t at = 0; (at = text.find("waggle-id:", at)) != std::string::npos; ++at) ++found;
  EXPECT_EQ(found, static_cast<std::size_t>(writers / 2 * entries));
  const Ran ran = book.accepted();
  EXPECT_EQ(ran.status, 0) << ran.output;
}

/// A process that writes is killed at odd moments; whoever comes next finds whole entries, and each id once.
TEST_P(EachFormat, AWriterKilledAtAnyMomentLeavesWholeEntries) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  constexpr int rounds = 6, entries = 40;
  for (int round = 0; round < rounds; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (int i = 0;; ++i)
        (void)book.books.act("add_entry", order(kind, "order:" + std::to_string(i % entries)));
    }
    ::usleep(3000 + 7919 * static_cast<useconds_t>(round));
    ::kill(writer, SIGKILL);
    int status = 0;
    ::waitpid(writer, &status, 0);
    ASSERT_TRUE(book.books.act("add_entry", order(kind, "after:" + std::to_string(round))).done());
    EXPECT_FALSE(fs::exists(book.pending()));
    const Ran ran = book.accepted();
    ASSERT_EQ(ran.status, 0) << ran.output << book.text();
  }
  for (int i = 0; i < entries; ++i)
    ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:" + std::to_string(i))).done());
  const std::string text = book.text();
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find("waggle-id:", at)) != std::string::npos; ++at) ++found;
  EXPECT_EQ(found, static_cast<std::size_t>(entries + rounds));
}

INSTANTIATE_TEST_SUITE_P(BooksFile, EachFormat, ::testing::ValuesIn(kinds),
                         [](const auto& info) { return info.param.format; });

TEST(BooksFile, ErrorsSayWhatToDo) {
  Driver books("books");
  books.connection = {{"format", "hledger"}, {"file", "/nonexistent-folder/a.journal"}};
  const Answer gone = books.act("add_entry", order(kinds[0], "x"));
  EXPECT_EQ(gone.next(), "invalid");
  EXPECT_NE(gone.message().find("folder"), std::string::npos) << gone.message();
  books.connection = {{"format", "hledger"}, {"file", ::testing::TempDir()}};
  EXPECT_EQ(books.act("add_entry", order(kinds[0], "x")).next(), "invalid");
  EXPECT_FALSE(books.check().done());
}

/// Two ids of one FNV-1a fingerprint, as anybody can find: the second is new, and the older ones stay known.
TEST(BooksMemory, AnIdThatCollidesWithAnotherForgetsNothing) {
  Book book("hledger");
  const std::vector<std::string> ids{"order:1", "8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ"};
  for (const auto& id : ids)
    EXPECT_TRUE(book.books.act("add_entry", order(kinds[0], id)).output().at("written").as_bool()) << id;
  for (const auto& id : ids)
    EXPECT_FALSE(book.books.act("add_entry", order(kinds[0], id)).output().at("written").as_bool()) << id;
}

/// Bytes that this process has read so far, from files and pipes.
std::size_t bytes_read() {
  const std::string io = read_file("/proc/self/io");
  return std::stoull(io.substr(io.find("rchar: ") + 7));
}

TEST(BooksMemory, AppendingDoesNotReadTheFileAnew) {
  Book book("hledger");
  std::string big;
  for (int i = 0; i < 50000; ++i)
    big += "2026-01-01 * x\n    ; waggle-id: old:" + std::to_string(i) +
           "\n    assets:a      1.00 EUR\n    income:b     -1.00 EUR\n\n";
  book.write(big);
  EXPECT_FALSE(book.books.act("add_entry", order(kinds[0], "old:777")).output().at("written").as_bool());
  const std::size_t before = bytes_read();
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(book.books.act("add_entry", order(kinds[0], "new:" + std::to_string(i))).done());
  EXPECT_LT(bytes_read() - before, big.size() / 10);
  book.write(big);  // changed by another hand: now it must be read, and what we wrote is gone
  EXPECT_TRUE(book.books.act("add_entry", order(kinds[0], "new:1")).output().at("written").as_bool());
}

}  // namespace
}  // namespace waggle::test
