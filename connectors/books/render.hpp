// An entry as the text of each program. What comes in here was checked (rules.hpp, entry.hpp); free text is
// made harmless on the way out. Any thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include <waggle/encoding.hpp>

#include "entry.hpp"
#include "rules.hpp"

namespace waggle::books {

/// How an external id stands in the file: percent-encoded, so that it holds no comma, quote or line break,
/// and two ids never look alike.
inline std::string id_text(std::string_view external_id) {
  constexpr std::string_view kept = ":/#@+";
  std::string out;
  for (const char c : external_id)
    out += kept.find(c) != kept.npos ? std::string(1, c) : percent_encode(std::string_view(&c, 1));
  return out;
}

struct Style {
  Format format = Format::unset;
  std::map<std::string, char> marks = {};  // by currency, for each of the entry

  char mark(const std::string& currency) const {
    const auto found = marks.find(currency);
    return found == marks.end() ? '.' : found->second;
  }
};

inline std::string show_money(const Money& money, const Style& style) {
  const char mark = style.mark(money.currency);
  std::string number = show(money.amount, usual_places(money.currency), mark);
  // To ledger a comma before three digits parts thousands, as long as it has not seen another one.
  const auto comma = number.find(',');
  if (style.format == Format::ledger && comma != number.npos && (number.size() - comma - 1) % 3 == 0)
    number += '0';
  if (style.format == Format::beancount) return number + " " + money.currency;
  const std::string name = commodity(money.currency);
  const bool symbol = !is_letter(name[0]) && name[0] != '"';
  return symbol ? name + number : number + " " + name;  // $12.50, but 12.50 EUR
}

inline std::string show_postings(const Entry& entry, const Style& style) {
  const std::string indent = style.format == Format::beancount ? "  " : "    ";
  std::size_t width = 0;
  for (const Posting& posting : entry.postings) width = std::max(width, posting.account.size());
  std::string out;
  for (const Posting& posting : entry.postings) {
    out += indent + posting.account + std::string(width - posting.account.size() + 2, ' ');
    out += show_money(*posting.money, style);
    if (posting.total_price) out += " @@ " + show_money(*posting.total_price, style);
    out += '\n';
  }
  return out;
}

inline std::string show_beancount(const Entry& entry, const Style& style) {
  std::string out = entry.date + " *";
  if (!entry.payee.empty()) out += " " + quoted(entry.payee);
  out += " " + quoted(entry.narration);
  for (const auto& tag : entry.tags) out += " #" + tag;
  for (const auto& link : entry.links) out += " ^" + link;
  // Not as free text, which is cut: an id is found again only if all of it is there. It needs no escapes.
  out += "\n  waggle-id: \"" + id_text(entry.external_id) + "\"\n";
  if (!entry.code.empty()) out += "  code: " + quoted(entry.code) + "\n";
  for (const auto& [key, value] : entry.metadata) out += "  " + key + ": " + quoted(value) + "\n";
  return out + show_postings(entry, style);
}

/// hledger and ledger: `payee | note` is hledger's own way, and ledger takes the line as the payee.
inline std::string show_journal(const Entry& entry, const Style& style) {
  std::string code;
  for (const char c : one_line(entry.code)) code += c == '(' || c == ')' || c == ';' ? '/' : c;
  const std::string payee = description(entry.payee), note = description(entry.narration);
  std::string date = entry.date;
  if (style.format == Format::ledger)
    for (char& c : date) c = c == '-' ? '/' : c;

  std::string out = date + " *";
  if (!code.empty()) out += " (" + code + ")";
  if (!payee.empty()) out += " " + payee;
  if (!note.empty()) out += (payee.empty() ? " " : " | ") + note;
  out += "\n    ; waggle-id: " + id_text(entry.external_id) + "\n";
  if (!entry.tags.empty()) {
    out += "    ; ";
    if (style.format == Format::ledger) {
      for (const auto& tag : entry.tags) out += ":" + tag;
      out += ":\n";
    } else {
      for (const auto& tag : entry.tags) out += tag + ":, ";
      out.resize(out.size() - 2);
      out += "\n";
    }
  }
  for (const auto& link : entry.links) out += "    ; link: " + link + "\n";
  for (const auto& [key, value] : entry.metadata) out += "    ; " + key + ": " + tag_value(value) + "\n";
  return out + show_postings(entry, style);
}

inline std::string show_entry(const Entry& entry, const Style& style) {
  return style.format == Format::beancount ? show_beancount(entry, style) : show_journal(entry, style);
}

/// Directives for accounts and currencies that the file does not know yet. Beancount's `open` is dated before
/// everything else, since a later flow may bring an older entry.
inline std::string show_declarations(const std::set<std::string>& accounts,
                                     const std::set<std::string>& currencies, const Style& style) {
  constexpr const char* long_ago = "1970-01-01";
  std::string out;
  for (const auto& account : accounts)
    out +=
        (style.format == Format::beancount ? long_ago + std::string(" open ") : "account ") + account + "\n";
  if (style.format == Format::beancount) return out;
  for (const auto& currency : currencies) {
    // hledger wants a number with a decimal mark; ledger wants the name alone.
    const std::string number =
        std::string("1000") + style.mark(currency) + std::string(usual_places(currency), '0');
    const std::string name = commodity(currency);
    const bool symbol = !is_letter(name[0]) && name[0] != '"';
    out += "commodity " +
           (style.format == Format::ledger ? name
            : symbol                       ? name + number
                                           : number + " " + name) +
           "\n";
  }
  return out;
}

}  // namespace waggle::books
