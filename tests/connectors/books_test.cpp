// Books: what add_entry writes is accepted by the real programs (hledger, ledger, bean-check), balances
// exactly, is written once, cannot be made into something else by hostile texts, and is whole after a crash
// at any byte.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <thread>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

namespace fs = std::filesystem;

struct Ran {
  int status = -1;
  std::string output;
};

/// Runs a program with the test's own arguments; no shell sees a text of the journal.
Ran run(const std::string& command) {
  Ran out;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (!pipe) return out;
  char piece[4096];
  for (std::size_t got; (got = std::fread(piece, 1, sizeof piece, pipe)) > 0;) out.output.append(piece, got);
  const int status = ::pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

bool is_there(const std::string& program) { return run("command -v " + program).status == 0; }

/// A format, its program, and the program's own names for accounts.
struct Kind {
  std::string format, check, assets, income, vat, fees;
};
const std::vector<Kind> kinds{
    {"hledger", "hledger", "assets:receivable", "income:sales", "liabilities:vat", "expenses:fees"},
    {"ledger", "ledger", "Assets:Receivable", "Income:Sales", "Liabilities:VAT", "Expenses:Fees"},
    {"beancount", "bean-check", "Assets:Receivable", "Income:Sales", "Liabilities:VAT", "Expenses:Fees"}};

class Book {
 public:
  explicit Book(const std::string& format, const std::string& name = "book") : books("books") {
    folder_ = fs::path(::testing::TempDir()) /
              ("waggle-books-" + std::to_string(::getpid()) + "-" + std::to_string(++counter));
    fs::create_directories(folder_);
    file = folder_ / (name + (format == "beancount" ? ".beancount" : ".journal"));
    books.connection = {{"format", format}, {"file", file.string()}};
  }
  ~Book() { fs::remove_all(folder_); }

  Ran accepted() const {
    const std::string format = books.connection.text("format");
    const std::string path = "'" + file.string() + "'";
    if (format == "hledger") return run("LC_ALL=C.UTF-8 hledger -f " + path + " check");
    if (format == "ledger") return run("LC_ALL=C.UTF-8 ledger -f " + path + " balance");
    return run("bean-check " + path);
  }
  std::string text() const { return read_file(file); }
  fs::path pending() const { return folder_ / ("." + file.filename().string() + ".waggle-pending"); }
  void write(const std::string& content) const { std::ofstream(file, std::ios::binary) << content; }

  Driver books;
  fs::path file;

 private:
  static inline int counter = 0;
  fs::path folder_;
};

Json posting(const std::string& account, const Json& amount = {}, const std::string& currency = {}) {
  Json out{{"account", account}};
  if (!amount.is_null()) out.set("amount", amount);
  if (!currency.empty()) out.set("currency", currency);
  return out;
}

Json order(const Kind& kind, const std::string& id, const Json& total = "65.89", const Json& net = "-55.37",
           const Json& vat = "-10.52") {
  return {{"date", "2026-11-23T07:56:19"},
          {"payee", "Zoë Müller & Söhne"},
          {"narration", "Order 14"},
          {"currency", "EUR"},
          {"external_id", id},
          {"postings",
           Json::array({posting(kind.assets, total), posting(kind.income, net), posting(kind.vat, vat)})}};
}

class EachProgram : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!is_there(GetParam().check)) GTEST_SKIP() << GetParam().check << " is not installed";
  }
};

TEST_P(EachProgram, AcceptsOrdersRefundsAndSeveralCurrencies) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:14")).done());
  // The refund is an entry of its own, with the signs turned; the last amount is left to us.
  Json refund = order(kind, "refund:16", "-12.00", "10.08");
  refund.at("postings");
  refund.set("postings",
             Json::array({posting(kind.assets, "-12.00"), posting(kind.income, "10.08"), posting(kind.vat)}));
  refund.set("tags", Json::array({"refund", "shop"}));
  refund.set("links", Json::array({"order-14"}));
  refund.set("code", "R-16");
  refund.set("metadata", Json{{"reason", "Kerze zerbrochen, [2026-01-01] ; x"}, {"by", "Jürgen"}});
  ASSERT_TRUE(book.books.act("add_entry", refund).done());
  // Dollars that are worth euros, and a fee.
  Json dollars = posting(kind.assets, "100.00", "USD");
  dollars.set("total_price", "92.40");
  dollars.set("price_currency", "EUR");
  const Json exchange{{"date", "2026-11-24"},
                      {"narration", "PayPal payout"},
                      {"external_id", "payout/1"},
                      {"currency", "EUR"},
                      {"postings", Json::array({dollars, posting(kind.fees, "2.10"), posting(kind.income)})}};
  const Answer answer = book.books.act("add_entry", exchange);
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_NE(answer.output().text("text").find("-94.50 EUR"), std::string::npos)
      << answer.output().text("text");
  const Ran ran = book.accepted();
  EXPECT_EQ(ran.status, 0) << ran.output << book.text();
  EXPECT_NE(book.text().find("Müller"), std::string::npos);
}

TEST_P(EachProgram, AnEntryOfOneIdIsWrittenOnce) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  const Answer first = book.books.act("add_entry", order(kind, "order:14"));
  const std::string text = book.text();
  const Answer again = book.books.act("add_entry", order(kind, "order:14"));
  ASSERT_TRUE(again.done());
  EXPECT_TRUE(first.output().at("written").as_bool());
  EXPECT_FALSE(again.output().at("written").as_bool());
  EXPECT_FALSE(again.output().at("differs").as_bool());
  EXPECT_EQ(again.output().text("text"), first.output().text("text"));
  EXPECT_EQ(book.text(), text);

  Json other = order(kind, "order:14", "70.00", "-58.82", "-11.18");
  const Answer different = book.books.act("add_entry", other);
  EXPECT_FALSE(different.output().at("written").as_bool());
  EXPECT_TRUE(different.output().at("differs").as_bool());
  EXPECT_EQ(book.text(), text);
}

TEST_P(EachProgram, TheStepsOwnKeyIsTheIdWhenNoneIsGiven) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  Json input = order(kind, "");
  book.books.idempotency_key = "0192-run, \"x\"/3";
  EXPECT_TRUE(book.books.act("add_entry", input).output().at("written").as_bool());
  EXPECT_FALSE(book.books.act("add_entry", input).output().at("written").as_bool());
  book.books.idempotency_key = "0192-run, \"x\"/4";
  EXPECT_TRUE(book.books.act("add_entry", input).output().at("written").as_bool());
  const Ran ran = book.accepted();
  EXPECT_EQ(ran.status, 0) << ran.output << book.text();
}

TEST_P(EachProgram, HostileTextsStayTexts) {
  const Kind& kind = GetParam();
  const std::vector<std::string> texts{"a\n2026-01-01 * evil\n    assets:x  1000 EUR\n    income:y\n",
                                       "x ; tag:value",
                                       "(code) * ! payee",
                                       "* done",
                                       "= 2025/01/01",
                                       "a | b | c",
                                       "\"quote\" \\ and \\\" more",
                                       "\" #tag ^link\n2020-01-01 open Assets:Evil",
                                       "  two  spaces  ",
                                       "tab\there\rand\r\n",
                                       "\xE2\x80\xA8line\xC2\x85sep",
                                       "date:: [2026/01/01]",
                                       ";",
                                       "|",
                                       "(",
                                       "ümläut ✓ 李雷",
                                       "~ monthly",
                                       "account evil",
                                       "%",
                                       "{{x}}",
                                       std::string(2000, 'x'),
                                       std::string("nul\0byte", 8),
                                       "comment",
                                       "end",
                                       "include /etc/passwd",
                                       "P 2026/01/01 EUR 1 USD",
                                       ""};
  Book book(kind.format);
  std::size_t count = 0;
  for (const auto& text : texts) {
    Json input = order(kind, "id " + std::to_string(++count) + text.substr(0, 20));
    input.set("payee", text);
    input.set("narration", text);
    input.set("code", text.substr(0, 100));
    input.set("metadata", Json{{"note", text}});
    const Answer answer = book.books.act("add_entry", input);
    ASSERT_TRUE(answer.done()) << answer.message();
    ASSERT_TRUE(answer.output().at("written").as_bool()) << text;
  }
  const Ran ran = book.accepted();
  EXPECT_EQ(ran.status, 0) << ran.output << book.text();
  // As many entries as were written, and no account but ours.
  const std::string path = "'" + book.file.string() + "'";
  if (kind.format == "hledger") {
    EXPECT_EQ(run("LC_ALL=C.UTF-8 hledger -f " + path + " accounts").output,
              "assets:receivable\nincome:sales\nliabilities:vat\n");
    EXPECT_EQ(run("LC_ALL=C.UTF-8 hledger -f " + path + " print | grep -c '^2026-11-23'").output,
              std::to_string(count) + "\n");
  } else if (kind.format == "ledger") {
    EXPECT_EQ(run("ledger -f " + path + " accounts").output,
              "Assets:Receivable\nIncome:Sales\nLiabilities:VAT\n");
    EXPECT_EQ(run("ledger -f " + path + " print | grep -c '^2026/11/23'").output,
              std::to_string(count) + "\n");
  } else {
    EXPECT_EQ(book.text().find("\n2020-01-01 open"), std::string::npos);
    EXPECT_EQ(run("grep -c '^2026-11-23' " + path).output, std::to_string(count) + "\n");
  }
}

TEST_P(EachProgram, WhatDoesNotBalanceIsRefusedAndNothingIsWritten) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  ASSERT_TRUE(book.books.act("add_entry", order(kind, "order:1")).done());
  const std::string before = book.text();
  const auto refused = [&](const Json& input, const std::string& code) {
    const Answer answer = book.books.act("add_entry", input);
    EXPECT_FALSE(answer.done()) << input.dump();
    EXPECT_EQ(answer.next(), "invalid");
    EXPECT_EQ(answer.head.text("code"), code) << answer.message();
    EXPECT_EQ(book.text(), before);
  };
  refused(order(kind, "a", "65.89", "-55.37", "-10.51"), "unbalanced");
  refused(order(kind, "b", "0.1", "0.2", "-0.30000000000000004"), "bad_amount");
  refused(order(kind, "c", "12,50", "-12.50", "0"), "bad_amount");
  refused(order(kind, "d", "NaN", "-1", "1"), "bad_amount");
  Json two_open = order(kind, "e");
  two_open.set("postings", Json::array({posting(kind.assets, "1"), posting(kind.income), posting(kind.vat)}));
  refused(two_open, "unbalanced");
  Json two_currencies = order(kind, "f");
  two_currencies.set("postings",
                     Json::array({posting(kind.assets, "1", "USD"), posting(kind.income, "-1", "EUR")}));
  refused(two_currencies, "unbalanced");
  Json lonely = order(kind, "g");
  lonely.set("postings", Json::array({posting(kind.assets, "1")}));
  refused(lonely, "unbalanced");
  Json bad_date = order(kind, "h");
  bad_date.set("date", "2026-02-30");
  refused(bad_date, "bad_date");
  Json no_currency = order(kind, "i");
  no_currency.set("currency", "");
  refused(no_currency, "bad_currency");
  for (const char* account :
       {"", "assets:x\n2026", "a  b", "(virtual)", "[v]", "a;b", ":a", "a:", "a::b", "* a"}) {
    Json bad = order(kind, "j");
    bad.set("postings", Json::array({posting(account, "1"), posting(kind.income, "-1")}));
    refused(bad, "bad_account");
  }
  for (const char* currency : {"EUR\n", "\"", "E;R", "EUREUREUREUREUREUREUREUREUR"}) {
    Json bad = order(kind, "k");
    bad.set("currency", currency);
    refused(bad, "bad_currency");
  }
}

TEST_P(EachProgram, SumsOfAnExpressionAreRoundedWhenTheFlowSaysSo) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  Json input = order(kind, "order:1", Json::number("55.370000000000005"), Json::number("-55.365"), Json());
  input.set("round_to", 2);
  input.set("postings", Json::array({posting(kind.assets, Json::number("55.370000000000005")),
                                     posting(kind.income, Json::number("-44.995")), posting(kind.vat)}));
  const Answer answer = book.books.act("add_entry", input);
  ASSERT_TRUE(answer.done()) << answer.message();
  EXPECT_NE(answer.output().text("text").find("-45.00 EUR"), std::string::npos)
      << answer.output().text("text");
  EXPECT_NE(answer.output().text("text").find("-10.37 EUR"), std::string::npos)
      << answer.output().text("text");
  EXPECT_EQ(book.accepted().status, 0);
}

/// A crash in the middle of the append: the intent is there, and the file has any part of the text.
TEST_P(EachProgram, AFileTornAtAnyByteIsMended) {
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

TEST_P(EachProgram, WhatAPersonWritesMeanwhileStays) {
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

TEST_P(EachProgram, ManyWritersAtOnceWriteEachEntryOnce) {
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

INSTANTIATE_TEST_SUITE_P(Books, EachProgram, ::testing::ValuesIn(kinds),
                         [](const auto& info) { return info.param.format; });

/// The real programs' own journals as beginnings: what was accepted stays accepted with an entry of ours
/// behind it.
TEST(CorpusJournals, StayAcceptedWithAnEntryBehindThem) {
  const fs::path corpus = shared() / "corpus/books";
  if (!fs::exists(corpus)) GTEST_SKIP() << "the shared corpus is not here";
  int tried = 0;
  for (const Kind& kind : kinds) {
    if (!is_there(kind.check)) continue;
    for (const auto& entry : fs::directory_iterator(corpus / kind.format)) {
      Book book(kind.format);
      fs::copy_file(entry.path(), book.file, fs::copy_options::overwrite_existing);
      fs::permissions(book.file, fs::perms::owner_read | fs::perms::owner_write);
      const bool good_before = book.accepted().status == 0;
      const std::string before = book.text();
      Json input = order(kind, "order:14");
      if (kind.format == "beancount" && before.find("option \"name_") != std::string::npos) continue;
      const Answer answer = book.books.act("add_entry", input);
      ASSERT_TRUE(answer.done()) << entry.path() << answer.message();
      EXPECT_TRUE(book.text().starts_with(before)) << entry.path();
      if (!good_before) continue;  // includes of files that are not here
      ++tried;
      const Ran ran = book.accepted();
      EXPECT_EQ(ran.status, 0) << entry.path() << "\n" << ran.output;
    }
  }
  EXPECT_GT(tried, 20);
}

TEST(HledgerStrict, AcceptsWhatDeclaresItsAccountsAndCommodities) {
  if (!is_there("hledger")) GTEST_SKIP() << "hledger is not installed";
  Book book("hledger");
  book.books.connection.set("open_accounts", true);
  for (const char* id : {"a", "b"}) ASSERT_TRUE(book.books.act("add_entry", order(kinds[0], id)).done());
  const Ran ran = run("LC_ALL=C.UTF-8 hledger -f '" + book.file.string() + "' check --strict");
  EXPECT_EQ(ran.status, 0) << ran.output << book.text();
}

TEST(HledgerDecimalMark, FollowsTheFile) {
  if (!is_there("hledger")) GTEST_SKIP() << "hledger is not installed";
  Book book("hledger");
  book.write("commodity 1.000,00 EUR\n");
  ASSERT_TRUE(book.books.act("add_entry", order(kinds[0], "a", "1234.50", "-1234.50", "0")).done());
  EXPECT_NE(book.text().find("1234,50 EUR"), std::string::npos) << book.text();
  const Ran ran = run("LC_ALL=C.UTF-8 hledger -f '" + book.file.string() + "' bal --flat -N assets");
  EXPECT_NE(ran.output.find("1.234,50 EUR"), std::string::npos) << ran.output;
}

TEST(BeancountAccounts, AreRefusedWithAdviceWhenTheyDoNotSuit) {
  Book book("beancount");
  for (const char* account : {"assets:bank", "Assets", "Assets:bank", "Assets:Bank!", "Vermögen:Bank"}) {
    Json input = order(kinds[2], "x");
    input.set("postings", Json::array({posting(account, "1"), posting("Income:Sales", "-1")}));
    const Answer answer = book.books.act("add_entry", input);
    EXPECT_EQ(answer.head.text("code"), "bad_account") << account;
    EXPECT_NE(answer.message().find("Assets:Bank:Checking"), std::string::npos) << answer.message();
  }
}

TEST(BeancountRoots, FollowTheFilesOptions) {
  if (!is_there("bean-check")) GTEST_SKIP() << "beancount is not installed";
  Book book("beancount");
  book.write("option \"name_assets\" \"Vermoegen\"\n");
  Json input = order(kinds[2], "x");
  input.set("postings", Json::array({posting("Vermoegen:Bank", "1"), posting("Income:Sales", "-1")}));
  ASSERT_TRUE(book.books.act("add_entry", input).done());
  EXPECT_EQ(book.accepted().status, 0) << book.accepted().output;
}

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
