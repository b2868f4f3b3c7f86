// Books: writes entries into plain-text journals of hledger, ledger and beancount, each entry once and whole.
// Formats: see rules.hpp. How the file is kept safe: see journal_file.hpp.
#include <waggle/connector.hpp>

#include "entry.hpp"
#include "journal_file.hpp"
#include "render.hpp"

using namespace waggle;
using namespace waggle::books;

namespace {

struct Book {
  std::string file;
  Format format = Format::unset;
};

Result<Book> book_of(const Call& call) {
  Book out{call.setting("file").to_text(), format_from(call.setting("format").to_text())};
  if (out.file.empty()) return invalid("the connection has no `file`", "no_file");
  if (out.format == Format::unset)
    return invalid("the connection's `format` must be hledger, ledger or beancount", "no_format");
  return out;
}

/// How to write the numbers of one currency: as the file says, else as the connection does. Errors: invalid,
/// when the two differ, or when only files that we do not read could tell.
Result<char> mark_for(const std::string& currency, char wish, const Book& book, const Known& known) {
  const Marks::Said said = known.marks.said(book.format, currency);
  const std::string both = "; without the right decimal mark amounts would be read a hundred times too large";
  if (said.hidden && wish == 0)
    return invalid(
        book.file + " includes other files, which may say how numbers of " + currency +
            " are written; set decimal_mark to \".\" or \",\" in the connection" +
            (book.format == Format::hledger ? ", or write a decimal-mark line into the file" : "") + both,
        "no_decimal_mark");
  if (said.mark != 0 && wish != 0 && said.mark != wish)
    return invalid("the connection's decimal_mark is \"" + std::string(1, wish) + "\", but " + book.file +
                       " has numbers of " + currency + " read with \"" + std::string(1, said.mark) +
                       "\"; take decimal_mark out of the connection" + both,
                   "wrong_decimal_mark");
  return said.mark != 0 ? said.mark : wish != 0 ? wish : '.';
}

Result<Style> style_of(const Call& call, const Book& book, const Entry& entry, const Known& known) {
  const std::string mark = call.setting("decimal_mark").to_text();
  const char wish = mark == "," || mark == "." ? mark[0] : '\0';
  Style out{.format = book.format};
  for (const Posting& posting : entry.postings)
    for (const auto* money : {&posting.money, &posting.total_price})
      if (*money) {
        WAGGLE_TRY(out.marks[(*money)->currency], mark_for((*money)->currency, wish, book, known));
      }
  return out;
}

/// What must stand before the entry, when the connection wants accounts declared (beancount has no entry
/// without). A file that includes others is left alone: they may declare them, and beancount takes no second
/// `open`.
std::string declarations_for(const Call& call, const Entry& entry, const Known& known, const Style& style) {
  const Json& wish = call.setting("open_accounts");
  const bool wanted = wish.is_null() ? style.format == Format::beancount && !known.includes : wish.as_bool();
  if (!wanted) return "";
  std::set<std::string> accounts, currencies;
  const auto note = [&](const Money& money) {
    if (!known.currencies.contains(money.currency)) currencies.insert(money.currency);
  };
  for (const Posting& posting : entry.postings) {
    if (!known.accounts.contains(posting.account)) accounts.insert(posting.account);
    note(*posting.money);
    if (posting.total_price) note(*posting.total_price);
  }
  // ledger --pedantic wants to know our tag too.
  const std::string tag = style.format == Format::ledger && !known.id_tag ? "tag waggle-id\n" : "";
  return tag + show_declarations(accounts, currencies, style);
}

Result<Json> write_entry(const Call& call) {
  WAGGLE_TRY(const Book book, book_of(call));
  WAGGLE_TRY(JournalFile file, JournalFile::lock(book.file, book.format));
  WAGGLE_TRY(const Entry entry,
             read_entry(call.inputs(), call.idempotency_key(), book.format, file.known().roots));
  if (file.known().in_comment)
    return invalid(book.file + " ends within a `comment` block, where no entry counts; write `end comment`",
                   "in_comment");
  WAGGLE_TRY(const Style style, style_of(call, book, entry, file.known()));
  const std::string text = show_entry(entry, style);
  const std::string declarations = declarations_for(call, entry, file.known(), style);
  Json out{{"external_id", entry.external_id}};
  WAGGLE_TRY(const auto existing, file.find(id_text(entry.external_id)));
  if (existing) {
    // The same id with other contents is told, not written: which of the two is right, a person must say.
    out.set("written", false);
    out.set("differs", *existing != text);
    out.set("text", *existing);
    return out;
  }
  WAGGLE_TRY_VOID(file.append(declarations, text));
  out.set("written", true);
  out.set("differs", false);
  out.set("text", text);
  return out;
}

Operation<Json> add_entry(Call call) {
  co_await blocking();
  auto written = write_entry(call);
  if (!written) throw written.error();
  co_return std::move(*written);
}

Operation<std::string> check(Call call) {
  co_await blocking();
  auto book = book_of(call);
  if (!book) throw book.error();
  auto file = JournalFile::lock(book->file, book->format);
  if (!file) throw file.error();
  co_return book->file;
}

std::vector<Field> entry_fields() {
  const Field posting = object(
      "",
      {text("account")
           .describe("hledger, ledger: assets:bank. beancount: Assets:Bank.")
           .required()
           .example("assets:receivable"),
       decimal("amount")
           .describe(
               "Positive is debit, negative is credit. One posting may go without: it gets what is missing.")
           .example("65.89"),
       text("currency").describe("Usually the entry's `currency`.").example("EUR"),
       decimal("total_price")
           .describe("What the whole amount is worth in another currency; written as @@.")
           .example("60.55"),
       text("price_currency").describe("The currency of total_price.").example("EUR")});
  return {
      text("date")
          .describe("The day, or a date and time: the day is taken as it is written there, not moved to "
                    "another time zone.")
          .required()
          .example("2026-11-23"),
      text("payee").describe("The other side.").example("Müller GmbH"),
      text("narration").describe("What it was.").example("Order 15"),
      text("currency").describe("For postings without a currency of their own.").example("EUR"),
      list("postings", posting)
          .describe("At least two; they must add up to zero in each currency, exactly.")
          .required(),
      text("external_id")
          .describe(
              "Names the entry; a second entry of the same name is not written. Usually the step's own key.")
          .example("order:15"),
      text("code").describe("Number of a voucher, an invoice.").example("2026-0815"),
      list("tags", text("")).describe("Words of letters, digits, - and _."),
      list("links", text("")).describe("Words that tie entries together."),
      object("metadata").describe("Names (small letters) and texts."),
      integer("round_to")
          .describe("Rounds all amounts to so many digits behind the point, halves away from zero. For sums "
                    "and shares that an "
                    "expression computed.")
          .example(2),
  };
}

}  // namespace

Connector waggle::connector() {
  return {
      .id = "books",
      .title = "Books",
      .version = "0.1.0",
      .help = "Plain-text accounting: entries go to the end of a journal of hledger, ledger or beancount.",
      .settings = {choice("format", {"hledger", "ledger", "beancount"})
                       .describe("The program that reads the file.")
                       .required(),
                   path("file")
                       .describe("The journal; a path is relative to the project's folder. Made when it is "
                                 "not there; its folder must be.")
                       .required()
                       .example("books/2026.journal"),
                   boolean("open_accounts")
                       .describe("Declares accounts (and for hledger and ledger currencies) before their "
                                 "first use. Usually: "
                                 "for beancount, unless the file includes others."),
                   choice("decimal_mark", {"auto", ".", ","})
                       .describe("hledger and ledger: how numbers are written. auto: as the file itself "
                                 "says for each currency, else with a point. Needed when the file includes "
                                 "others, or another that says it includes this one.")
                       .fallback("auto")},
      .check = check,
      .actions = {
          {.id = "add_entry",
           .help = "Add a balanced entry, once.",
           .inputs = entry_fields(),
           .run = add_entry,
           .outputs = {boolean("written").describe("false: the entry was there already."),
                       boolean("differs").describe(
                           "It was there already, and is not what this step would write."),
                       text("external_id"), text("text").describe("The entry as it stands in the file.")},
           .idempotency = Idempotency::lookup,
           .samples = {"add_entry.json"}}}};
}
WAGGLE_PLUGIN_ENTRY();
