// A journal in a folder of its own, the connector that writes to it, and the real programs that read it. For
// the tests of books.
#pragma once

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/connectors/driver.hpp"

namespace waggle::test {

namespace fs = std::filesystem;

struct Ran {
  int status = -1;
  std::string output;
};

/// Runs a program with the test's own arguments; no shell sees a text of the journal.
inline Ran run(const std::string& command) {
  Ran out;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (!pipe) return out;
  char piece[4096];
  for (std::size_t got; (got = std::fread(piece, 1, sizeof piece, pipe)) > 0;) out.output.append(piece, got);
  const int status = ::pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

inline bool is_there(const std::string& program) { return run("command -v " + program).status == 0; }

/// A format, its program, and the program's own names for accounts.
struct Kind {
  std::string format, check, assets, income, vat, fees;
};
inline const std::vector<Kind> kinds{
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

inline Json posting(const std::string& account, const Json& amount = {}, const std::string& currency = {}) {
  Json out{{"account", account}};
  if (!amount.is_null()) out.set("amount", amount);
  if (!currency.empty()) out.set("currency", currency);
  return out;
}

inline Json order(const Kind& kind, const std::string& id, const Json& total = "65.89",
                  const Json& net = "-55.37", const Json& vat = "-10.52") {
  return {{"date", "2026-11-23T07:56:19"},
          {"payee", "Zoë Müller & Söhne"},
          {"narration", "Order 14"},
          {"currency", "EUR"},
          {"external_id", id},
          {"postings",
           Json::array({posting(kind.assets, total), posting(kind.income, net), posting(kind.vat, vat)})}};
}

}  // namespace waggle::test
