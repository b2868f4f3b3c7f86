// Books: what add_entry writes is accepted by the real programs (hledger, ledger, bean-check), balances
// exactly, and cannot be made into something else by hostile texts.
#include <gtest/gtest.h>

#include "tests/connectors/book.hpp"

namespace waggle::test {
namespace {

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

TEST_P(EachProgram, TheLongestIdsAreFoundAgain) {
  const Kind& kind = GetParam();
  Book book(kind.format);
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ü";
  for (const std::string& id :
       {std::string(200, 'x'), std::string(200, ' '), std::string(200, '"'), umlauts}) {
    ASSERT_EQ(id.size(), 200u);
    EXPECT_TRUE(book.books.act("add_entry", order(kind, id)).output().at("written").as_bool()) << id;
    const Answer again = book.books.act("add_entry", order(kind, id));
    EXPECT_FALSE(again.output().at("written").as_bool()) << id;
    EXPECT_FALSE(again.output().at("differs").as_bool()) << id;
  }
  EXPECT_EQ(book.books.act("add_entry", order(kind, std::string(201, 'x'))).head.text("code"),
            "bad_external_id");
  EXPECT_EQ(book.accepted().status, 0) << book.accepted().output;
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
      EXPECT_TRUE(book.text().starts_with(before)) << entry.path();
      if (answer.head.text("code") == "in_comment") continue;
      ASSERT_TRUE(answer.done()) << entry.path() << answer.message();
      if (!good_before) continue;  // includes of files that are not here
      ++tried;
      const Ran ran = book.accepted();
      EXPECT_EQ(ran.status, 0) << entry.path() << "\n" << ran.output;
    }
  }
  EXPECT_GT(tried, 20);
}

TEST(Commodities, MayBeSymbolsNamesAndNamesInQuotes) {
  for (const Kind& kind : {kinds[0], kinds[1]}) {
    if (!is_there(kind.check)) continue;
    for (const bool declared : {false, true}) {
      Book book(kind.format);
      book.books.connection.set("open_accounts", declared);
      int count = 0;
      for (const char* currency : {"€", "$", "£", "VTI", "JPY", "X 1", "kg", "A-B"}) {
        Json input = order(kind, "c" + std::to_string(++count));
        input.set("currency", currency);
        const Answer answer = book.books.act("add_entry", input);
        ASSERT_TRUE(answer.done()) << answer.message();
      }
      Ran ran = book.accepted();
      EXPECT_EQ(ran.status, 0) << ran.output << book.text();
      if (kind.format == "ledger" && declared)
        ran = run("ledger --pedantic -f '" + book.file.string() + "' balance");
      if (kind.format == "hledger" && declared)
        ran = run("LC_ALL=C.UTF-8 hledger -f '" + book.file.string() + "' check --strict");
      EXPECT_EQ(ran.status, 0) << ran.output << book.text();
    }
  }
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

}  // namespace
}  // namespace waggle::test
