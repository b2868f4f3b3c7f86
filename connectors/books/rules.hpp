// What the three programs allow as accounts, currencies and tags. The books hang on these names, so one that
// does not fit is refused and never changed. Any thread. Sources: as plain_text.hpp.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <waggle/result.hpp>

#include "plain_text.hpp"

namespace waggle::books {

enum class Format { unset, hledger, ledger, beancount };

inline Format format_from(std::string_view word) {
  if (word == "hledger") return Format::hledger;
  if (word == "ledger") return Format::ledger;
  return word == "beancount" ? Format::beancount : Format::unset;
}

/// The five roots of beancount, as the file's `option "name_assets"` and so on may have renamed them.
using Roots = std::array<std::string, 5>;
inline Roots usual_roots() { return {"Assets", "Liabilities", "Equity", "Income", "Expenses"}; }

inline Result<void> check_beancount_account(const std::string& account, const Roots& roots) {
  const auto fail = [&](const std::string& why) {
    return invalid("the account \"" + account + "\" does not suit beancount: " + why + "; write it like " +
                       roots[0] + ":Bank:Checking",
                   "bad_account");
  };
  const auto colon = account.find(':');
  const std::string root = account.substr(0, colon);
  bool known = false;
  for (const auto& name : roots) known = known || name == root;
  if (!known)
    return fail("it must begin with " + roots[0] + ", " + roots[1] + ", " + roots[2] + ", " + roots[3] +
                " or " + roots[4]);
  if (colon == std::string::npos) return fail("it needs a second part");
  bool first = true;
  for (std::size_t i = colon + 1; i <= account.size(); ++i) {
    const char c = i < account.size() ? account[i] : ':';
    if (c == ':') {
      if (first) return fail("it has an empty part");
      first = true;
      continue;
    }
    if (first ? !(is_upper(c) || is_digit(c) || is_beyond_ascii(c))
              : !(is_letter(c) || is_digit(c) || c == '-' || is_beyond_ascii(c)))
      return fail("each part begins with a capital or a digit and goes on with letters, digits and -");
    first = false;
  }
  return {};
}

inline Result<void> check_account(Format format, const std::string& account, const Roots& roots) {
  if (account.empty()) return invalid("a posting has no account", "bad_account");
  if (account != one_line(account))
    return invalid(
        "the account \"" + one_line(account) + "\" has line breaks, double spaces or spaces at its ends",
        "bad_account");
  if (format == Format::beancount) return check_beancount_account(account, roots);
  constexpr std::string_view first = "([{*!=@#%\"'|~&";  // virtual postings, status, directives
  constexpr std::string_view never = ";";
  if (first.find(account[0]) != first.npos || account.find_first_of(never) != std::string::npos)
    return invalid("the account \"" + account + "\" must not begin with " + std::string(first) +
                       " nor contain " + std::string(never),
                   "bad_account");
  if (account.starts_with(':') || account.ends_with(':') || account.find("::") != std::string::npos)
    return invalid("the account \"" + account + "\" has an empty part between its colons", "bad_account");
  return {};
}

inline Result<void> check_currency(Format format, const std::string& currency) {
  const auto fail = [&](std::string_view why) {
    return invalid("the currency \"" + one_line(currency) + "\" " + std::string(why), "bad_currency");
  };
  if (currency.empty())
    return invalid("a posting has an amount but no currency; give it `currency`, or one for the whole entry",
                   "bad_currency");
  constexpr std::size_t longest = 24;  // beancount's limit
  if (currency.size() > longest) return fail("is longer than 24 characters");
  if (format == Format::beancount) {
    const auto inner = [](char c) {
      return is_upper(c) || is_digit(c) || c == '\'' || c == '.' || c == '_' || c == '-';
    };
    bool good = currency.size() >= 2 && is_upper(currency.front()) &&
                (is_upper(currency.back()) || is_digit(currency.back()));
    for (const char c : currency) good = good && inner(c);
    return good ? Result<void>() : fail("does not suit beancount; it takes capitals, like EUR");
  }
  for (const char c : currency)
    if (is_control(c) || c == '"' || c == ';') return fail("has a character that no commodity can have");
  return {};
}

/// A commodity for hledger and ledger: in quotes unless letters and symbols alone.
inline std::string commodity(const std::string& currency) {
  for (const char c : currency)
    if (!is_letter(c) && !is_beyond_ascii(c) && c != '$') return '"' + currency + '"';
  return currency;
}

/// Words for beancount's #tag and ^link, and for the names of tags and metadata.
inline bool is_word(std::string_view text) {
  for (const char c : text)
    if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_' && c != '.' && c != '/') return false;
  return !text.empty();
}

}  // namespace waggle::books
