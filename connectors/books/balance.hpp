// An entry and its postings, and their sum: exactly zero in each currency, or nothing is written. Any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <waggle/result.hpp>

#include "amount.hpp"

namespace waggle::books {

struct Money {
  Decimal amount;
  std::string currency;
};

struct Posting {
  std::string account;
  std::optional<Money> money;  // none: whatever is missing for the balance
  std::optional<Money>
      total_price;  // "100 USD @@ 92 EUR": what the amount is worth in the currency of the others
};

struct Entry {
  std::string date;  // YYYY-MM-DD
  std::string payee, narration, code, external_id;
  std::vector<std::string> tags, links;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<Posting> postings;
};

/// Gives the posting without amount what is missing (one posting a currency, when several are). Errors:
/// invalid, naming what the sum is off by.
inline Result<void> balance(std::vector<Posting>& postings, const std::string& default_currency) {
  std::map<std::string, Decimal> sums;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < postings.size(); ++i) {
    const Posting& posting = postings[i];
    if (!posting.money) {
      if (open)
        return invalid("only one posting may go without an amount; " + postings[*open].account + " and " +
                           posting.account + " do",
                       "unbalanced");
      open = i;
    } else if (posting.total_price) {
      const Decimal& worth = posting.total_price->amount;
      sums[posting.total_price->currency] += posting.money->amount.is_negative() ? -worth : worth;
    } else {
      sums[posting.money->currency] += posting.money->amount;
    }
  }
  std::vector<Money> missing;
  for (const auto& [currency, sum] : sums)
    if (!sum.is_zero()) missing.push_back({-sum, currency});
  if (!open) {
    if (missing.empty()) return {};
    std::string off;
    for (const auto& [amount, currency] : missing)
      off += (off.empty() ? "" : ", ") + show(-amount, usual_places(currency)) + " " + currency;
    return invalid("the postings do not add up to zero; they are off by " + off + ". Nothing was written",
                   "unbalanced");
  }
  if (missing.empty()) {
    const std::string currency = sums.empty() ? default_currency : sums.begin()->first;
    if (currency.empty()) return invalid("no posting has an amount", "unbalanced");
    missing.push_back({Decimal(), currency});
  }
  const std::string account = postings[*open].account;
  postings[*open].money = missing[0];
  for (std::size_t i = 1; i < missing.size(); ++i)
    postings.insert(postings.begin() + static_cast<std::ptrdiff_t>(*open + i),
                    Posting{account, missing[i], {}});
  return {};
}

}  // namespace waggle::books
