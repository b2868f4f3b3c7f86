// Point or comma: how a program will read the next number of a currency in a file. A wrong one is silent and
// a hundred times off ("65.89 EUR" is 6589,00 EUR below `commodity 1.000,00 EUR`), so what cannot be known is
// asked for. Any thread. Tried with hledger 1.25, ledger 3.3, beancount 2.3.5 (2026-11):
//   hledger: a `decimal-mark` counts for all that follows in its file; else the latest `commodity` of that
//     currency, with its number or that of its `format`, also out of an included file; else the latest `D`,
//     of whatever currency, in this file; else both marks are taken for what they look like.
//   ledger: a comma that can only be a decimal one, in `D`, `format` or a posting, stays with its currency
//     for good, also out of an included file. Else a comma before exactly three digits parts thousands.
//   beancount: a point, always.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <waggle/result.hpp>

#include "plain_text.hpp"
#include "rules.hpp"

namespace waggle::books {

/// An amount as people write it: `1.000,00 EUR`, `$1,000.00`, `-5 "A 1"`. The last mark is the decimal one.
struct Written {
  std::string currency;
  char mark = 0;           // 0: none
  std::size_t behind = 0;  // digits behind it

  explicit Written(std::string_view text) {
    text = text.substr(0, text.find(';'));
    while (!text.empty()) {
      const char c = text.front();
      std::size_t length = 1;
      if (c == '"') {
        length = std::min(text.find('"', 1), text.size() - 1) + 1;
        currency = text.substr(1, length - (text.substr(0, length).ends_with('"') && length > 1 ? 2 : 1));
      } else if (c == '.' || c == ',') {
        mark = c;
        behind = 0;
      } else if (is_digit(c)) {
        ++behind;
      } else if (text.starts_with("\xC2\xA0") || text.starts_with("\xE2\x80\xAF")) {
        length = c == '\xC2' ? 2 : 3;  // spaces that part thousands
      } else if (!is_control(c) && c != ' ' && c != '-' && c != '+') {
        currency += c;
      }
      text.remove_prefix(length);
    }
  }
};

class Marks {
 public:
  /// What is known of the next number of a currency.
  struct Said {
    char mark = 0;        // 0: nothing is said, so either will do
    bool hidden = false;  // included files say it, which we do not read
  };

  /// A line that is not indented, as its first word and the rest.
  void directive(Format format, std::string_view word, std::string_view rest) {
    commodity_.clear();
    if (format == Format::beancount) return;
    if (word == "include") {
      includes_ = true;
      for (auto mark = marks_.begin(); mark != marks_.end();)
        mark = format == Format::ledger && mark->second == ',' ? std::next(mark) : marks_.erase(mark);
    } else if (word == "commodity") {
      const Written written(rest);
      commodity_ = written.currency;
      if (format == Format::hledger) marks_[commodity_] = written.mark;  // none: takes back an earlier one
    } else if (word == "D") {
      const Written written(rest);
      if (format == Format::hledger) usual_ = written.mark;
      if (format == Format::ledger) learn(written);
    } else if (word == "decimal-mark" && format == Format::hledger) {
      if (rest.starts_with('.') || rest.starts_with(',')) file_ = rest[0];
    }
  }

  /// An indented line below it.
  void indented(Format format, std::string_view line) {
    if (format == Format::beancount) return;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!commodity_.empty()) {
      if (!line.starts_with("format") || line.size() < 7 || (line[6] != ' ' && line[6] != '\t')) return;
      const Written written(line.substr(7));
      if (format == Format::hledger) marks_[commodity_] = written.mark;
      if (format == Format::ledger) learn(written);
    } else if (format == Format::ledger) {
      read_posting(line);
    }
  }

  Said said(Format format, const std::string& currency) const {
    if (format == Format::beancount) return {'.', false};
    if (file_ != 0) return {file_, false};
    const auto mark = marks_.find(currency);
    if (mark != marks_.end() && mark->second != 0) return {mark->second, false};
    if (mark == marks_.end() && includes_) return {0, true};
    return {usual_, false};
  }

 private:
  /// ledger: only what can be read in one way tells.
  void learn(const Written& amount) {
    if (amount.mark == 0 || amount.behind % 3 == 0 || amount.currency.empty()) return;
    char& mark = marks_[amount.currency];
    if (mark != ',') mark = amount.mark;
  }

  /// `Assets:Bank  12,50 EUR @ 1.2 USD`: the amount, not its price.
  void read_posting(std::string_view line) {
    line = line.substr(0, line.find(';'));
    const auto account_end = std::min(line.find("  "), line.find('\t'));
    if (account_end == line.npos) return;
    line.remove_prefix(account_end);
    line = line.substr(0, line.find_first_of("@{=["));
    while (!line.empty()) {  // an amount may be a sum: (1,50 EUR * 2)
      const auto end = std::min(line.find_first_of("()*/+"), line.size());
      learn(Written(line.substr(0, end)));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
  }

  std::map<std::string, char> marks_;  // by currency; 0: declared without
  std::string commodity_;              // of the directive above
  char usual_ = 0, file_ = 0;
  bool includes_ = false;
};

}  // namespace waggle::books
