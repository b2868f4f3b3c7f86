// Books: point and comma. What is written is read back with the real programs, since a wrong mark is silent
// and a hundred times off.
#include <gtest/gtest.h>

#include "tests/connectors/book.hpp"

namespace waggle::test {
namespace {

/// What the program itself makes of the journal: the balance of the assets, like "65.89 EUR", with a point.
std::string balance_of(const Book& book, const Kind& kind) {
  const std::string file = "'" + book.file.string() + "'";
  const Ran ran = kind.format == "hledger"
                      ? run("LC_ALL=C.UTF-8 hledger -f " + file + " bal -O json " + kind.assets)
                      : run("LC_ALL=C.UTF-8 ledger --args-only -f " + file +
                            " reg --format '%(quantity(amount)) %(commodity(amount))\\n' " + kind.assets);
  if (kind.format == "ledger") return ran.output.substr(0, ran.output.find('\n'));
  const auto json = Json::parse(ran.output);
  if (!json.ok()) return ran.output;
  std::string out;
  for (const Json& amount : json->at(std::size_t{1}).items()) {
    const Json& quantity = amount.at("aquantity");
    std::string digits = quantity.at("decimalMantissa").to_text();
    const auto places = static_cast<std::size_t>(quantity.at("decimalPlaces").as_int());
    if (places > 0) digits.insert(digits.size() - places, ".");
    out += (out.empty() ? "" : ", ") + digits + " " + amount.text("acommodity");
  }
  return out;
}

/// A journal's beginning, what our number looks like below it, and (in ledger) with three places.
struct Beginning {
  std::string text, currency, written, amount = "65.89";
};

void expect_read_back(const Kind& kind, const std::vector<Beginning>& beginnings) {
  if (!is_there(kind.check)) GTEST_SKIP() << kind.check << " is not installed";
  for (const Beginning& one : beginnings) {
    Book book(kind.format);
    book.write(one.text);
    Json entry = order(kind, "order:1", one.amount, "-" + one.amount, "0");
    entry.set("currency", one.currency);
    const Answer answer = book.books.act("add_entry", entry);
    ASSERT_TRUE(answer.done()) << one.text << answer.message();
    EXPECT_NE(book.text().find(one.written), std::string::npos) << book.text();
    std::string got = balance_of(book, kind);
    while (got.find(".") != std::string::npos && got.find("0 ") != std::string::npos)
      got.erase(got.find("0 "), 1);
    EXPECT_EQ(got, one.amount + " " + one.currency) << book.text();
    EXPECT_EQ(book.accepted().status, 0) << book.accepted().output;
  }
}

TEST(HledgerMarks, AreKeptForEachCurrency) {
  const std::string euros = "commodity 1.000,00 EUR\n", dollars = "commodity $1,000.00\n";
  expect_read_back(
      kinds[0], {{"", "EUR", "65.89 EUR"},
                 {euros + dollars, "EUR", "65,89 EUR"},
                 {dollars + euros, "EUR", "65,89 EUR"},
                 {euros + dollars, "$", "$65.89"},
                 {dollars + euros, "$", "$65.89"},
                 {euros + dollars, "USD", "65.89 USD"},
                 {"commodity EUR 1.000,\n" + dollars, "EUR", "65,89 EUR"},
                 {"commodity\t1.000,00EUR ; 1.0 $\n" + dollars, "EUR", "65,89 EUR"},
                 {"commodity 1.000,00 \"EUR\"\n" + dollars, "EUR", "65,89 EUR"},
                 {"commodity 1 000,00 \"A.1\"\n" + dollars, "A.1", "65,89 \"A.1\""},
                 {"!commodity 1.000,00 EUR\r\n" + dollars, "EUR", "65,89 EUR"},
                 {"commodity 1,000.00 EUR\n" + euros, "EUR", "65,89 EUR"},
                 {euros + "commodity EUR\n", "EUR", "65.89 EUR"},
                 {"commodity EUR\n  ; the euro\n  format 1.000,00 EUR\n" + dollars, "EUR", "65,89 EUR"},
                 {"commodity $\n  format $1,000.00\ncommodity EUR\n  format 1.000,00 EUR\n", "$", "$65.89"},
                 {"comment\n" + euros + "end comment\n", "EUR", "65.89 EUR"}});
}

TEST(HledgerMarks, OfDAndDecimalMarkCountForCurrenciesThatSayNothing) {
  const std::string usual = "D 1.000,00 EUR\n";
  expect_read_back(kinds[0], {{usual, "EUR", "65,89 EUR"},
                              {usual, "USD", "65,89 USD"},
                              {usual + "commodity $1,000.00\n", "$", "$65.89"},
                              {usual + "commodity EUR\n", "EUR", "65,89 EUR"},
                              {"commodity 1,000.00 EUR\n" + usual, "EUR", "65.89 EUR"},
                              {usual + "D $1,000.00\n", "EUR", "65.89 EUR"},
                              {"decimal-mark ,\n", "EUR", "65,89 EUR"},
                              {"decimal-mark ,\ncommodity 1,000.00 EUR\n", "EUR", "65,89 EUR"},
                              {"decimal-mark\t  .  ; so\n" + usual, "EUR", "65.89 EUR"}});
}

TEST(HledgerMarks, HoldForTheNextEntryAndForTwoCurrenciesInOne) {
  if (!is_there("hledger")) GTEST_SKIP() << "hledger is not installed";
  for (const bool declared : {false, true}) {
    Book book("hledger");
    book.books.connection.set("open_accounts", declared);
    book.write("commodity 1.000,00 EUR\ncommodity $1,000.00\n");
    for (const char* id : {"a", "b"}) {
      Json dollars = posting("assets:receivable", "1234.50", "$");
      dollars.set("total_price", "1140.25");
      dollars.set("price_currency", "EUR");
      Json entry = order(kinds[0], id);
      entry.set("postings", Json::array({dollars, posting("income:sales")}));
      ASSERT_TRUE(book.books.act("add_entry", entry).done());
    }
    EXPECT_EQ(balance_of(book, kinds[0]), "2469.00 $") << book.text();
    const Ran ran = run("LC_ALL=C.UTF-8 hledger -f '" + book.file.string() + "' bal -N income");
    EXPECT_NE(ran.output.find("-2.280,50 EUR"), std::string::npos) << ran.output;
  }
}

TEST(LedgerMarks, AreWhatTheProgramHasSeen) {
  const std::string comma = "2026/11/01 x\n  Equity:A  12,50 EUR\n  Equity:B\n";
  // Dinars have three places: a comma before three digits parts thousands, unless another was seen.
  expect_read_back(
      kinds[1],
      {{"", "EUR", "65.89 EUR"},
       {"", "KWD", "1.234 KWD", "1.234"},
       {"D 1.000,00 EUR\n", "EUR", "65,89 EUR"},
       {"D 1.000,00 EUR\n", "USD", "65.89 USD"},
       {"commodity EUR\n    format 1.000,00 EUR\n", "EUR", "65,89 EUR"},
       {"commodity EUR\n    format 1.000,00 EUR\ncommodity $\n    format $1,000.00\n", "EUR", "65,89 EUR"},
       {"commodity EUR\n    format 1,000.00 EUR\n", "EUR", "65.89 EUR"},
       {comma, "EUR", "65,89 EUR"},
       {comma, "USD", "65.89 USD"},
       {"D 1000,0 KWD\n", "KWD", "1,2340 KWD", "1.234"},
       {"comment\nD 1.000,00 EUR\nend comment\n", "EUR", "65.89 EUR"},
       {"2026/11/01 x\n  Equity:A  10 USD @ 1,20 EUR\n  Equity:B\n", "EUR", "65.89 EUR"}});
}

/// What included files say is not read, so it is asked for.
TEST(BooksMarks, AreAskedForWhenOtherFilesMaySayThem) {
  for (const Kind& kind : {kinds[0], kinds[1]}) {
    Book book(kind.format);
    const std::string other = (book.file.parent_path() / "other.journal").string();
    std::ofstream(other) << (kind.format == "hledger" ? "commodity 1.000,00 EUR\n"
                                                      : "commodity EUR\n    format 1.000,00 EUR\n");
    const std::string begin = "include " + other + "\n";
    book.write("D 1000.0 EUR\n" + begin);
    const Answer asked = book.books.act("add_entry", order(kind, "a"));
    EXPECT_EQ(asked.head.text("code"), "no_decimal_mark") << asked.head.dump();
    EXPECT_EQ(asked.next(), "invalid");
    EXPECT_NE(asked.message().find("decimal_mark"), std::string::npos);
    EXPECT_EQ(book.text(), "D 1000.0 EUR\n" + begin);  // nothing was written

    book.write(begin);
    book.books.connection.set("decimal_mark", ",");
    ASSERT_TRUE(book.books.act("add_entry", order(kind, "a")).done());
    if (is_there(kind.check)) {
      EXPECT_EQ(balance_of(book, kind), "65.89 EUR") << book.text();
    }
    if (kind.format == "ledger") continue;
    // The file's own word for what follows counts.
    for (const auto& [text, written] :
         std::vector<std::pair<std::string, std::string>>{{"decimal-mark .\n" + begin, "65.89 EUR"},
                                                          {begin + "commodity 1,000.00 EUR\n", "65.89 EUR"},
                                                          {begin + "decimal-mark ,\n", "65,89 EUR"}}) {
      Book own(kind.format);
      own.write(text);
      ASSERT_TRUE(own.books.act("add_entry", order(kind, "a")).done()) << text;
      EXPECT_NE(own.text().find(written), std::string::npos) << own.text();
      if (is_there(kind.check)) {
        EXPECT_EQ(balance_of(own, kind), "65.89 EUR") << own.text();
      }
    }
  }
}

TEST(BooksMarks, OfTheConnectionMustNotContradictTheFile) {
  for (const auto& [format, text, wish] :
       std::vector<std::array<std::string, 3>>{{"hledger", "commodity 1.000,00 EUR\n", "."},
                                               {"hledger", "decimal-mark .\n", ","},
                                               {"ledger", "D 1.000,00 EUR\n", "."},
                                               {"beancount", "", ","}}) {
    Book book(format);
    book.write(text);
    book.books.connection.set("decimal_mark", wish);
    const Answer answer =
        book.books.act("add_entry", order(format == "beancount" ? kinds[2] : kinds[0], "a"));
    EXPECT_EQ(answer.head.text("code"), "wrong_decimal_mark") << format << answer.head.dump();
    EXPECT_EQ(book.text(), text);
  }
}

TEST(BooksComments, SwallowNoEntry) {
  for (const Kind& kind : {kinds[0], kinds[1]}) {
    Book book(kind.format);
    book.write("comment\nold things\n");
    EXPECT_EQ(book.books.act("add_entry", order(kind, "a")).head.text("code"), "in_comment");
    book.write("comment\nold things\nend comment\n");
    EXPECT_TRUE(book.books.act("add_entry", order(kind, "a")).done());
  }
}

}  // namespace
}  // namespace waggle::test
