// One entry: read from an action's inputs, checked and balanced exactly before anything is written. Any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/time.hpp>

#include "balance.hpp"
#include "rules.hpp"

namespace waggle::books {

/// Far more than a real entry has; the bound keeps one wrong expression from writing a book of its own.
inline constexpr std::size_t most_postings = 1000;
inline constexpr std::size_t most_words = 50;  // tags, links, metadata: each
inline constexpr std::size_t longest_external_id = 200;

/// The day of "2026-11-23", "2026-11-23T07:56:19" or RFC 3339: as written, not moved to another time zone.
inline Result<std::string> day_of(const std::string& text) {
  const std::string day = text.substr(0, 10);
  const bool bare =
      text.size() == 10 || (text.size() > 10 && (text[10] == 'T' || text[10] == ' ' || text[10] == 't'));
  if (!bare || day.size() != 10 || !parse_utc(day))
    return invalid(
        "\"" + one_line(text) + "\" is no date; write 2026-11-23, or give a date and time that begins so",
        "bad_date");
  return day;
}

inline Result<Money> read_money(const Json& amount, const Json& currency, const std::string& default_currency,
                                int round_to, Format format) {
  Money out;
  WAGGLE_TRY(out.amount, read_amount(amount.to_text(), round_to));
  out.currency = currency.is_null() || currency.to_text().empty() ? default_currency : currency.to_text();
  WAGGLE_TRY_VOID(check_currency(format, out.currency));
  return out;
}

inline Result<Posting> read_posting(const Json& json, const std::string& default_currency, int round_to,
                                    Format format, const Roots& roots) {
  Posting out;
  out.account = json.text("account");
  WAGGLE_TRY_VOID(check_account(format, out.account, roots));
  const Json& amount = json.at("amount");
  if (!amount.is_null() && !amount.to_text().empty()) {
    WAGGLE_TRY(out.money, read_money(amount, json.at("currency"), default_currency, round_to, format));
  }
  const Json& price = json.at("total_price");
  if (!price.is_null() && !price.to_text().empty()) {
    if (!out.money)
      return invalid("the posting to " + out.account + " has a total_price but no amount", "bad_price");
    WAGGLE_TRY(out.total_price,
               read_money(price, json.at("price_currency"), default_currency, round_to, format));
    if (out.total_price->amount.is_negative())
      return invalid("the total_price of the posting to " + out.account +
                         " must not be negative; the amount's sign counts for both",
                     "bad_price");
    if (out.total_price->currency == out.money->currency)
      return invalid(
          "the posting to " + out.account + " has a price in its own currency " + out.money->currency,
          "bad_price");
  }
  return out;
}

inline Result<std::vector<std::string>> read_words(const Json& list, const char* what, Format format) {
  std::vector<std::string> out;
  if (list.items().size() > most_words)
    return invalid("an entry has at most 50 " + std::string(what), "too_many");
  for (const Json& item : list.items()) {
    std::string word = item.to_text();
    // hledger and ledger end a tag's name at the dot or slash that beancount allows.
    const bool plain = format == Format::beancount || word.find_first_of("./") == std::string::npos ||
                       std::string_view(what) == "links";
    if (!is_word(word) || !plain)
      return invalid(
          "\"" + one_line(word) + "\" in " + what + " must be one word of letters, digits, - and _",
          "bad_word");
    out.push_back(std::move(word));
  }
  return out;
}

inline Result<Entry> read_entry(const Json& inputs, const std::string& idempotency_key, Format format,
                                const Roots& roots) {
  Entry out;
  WAGGLE_TRY(out.date, day_of(inputs.text("date")));
  out.payee = inputs.text("payee");
  out.narration = inputs.text("narration");
  out.code = inputs.text("code");
  out.external_id = inputs.text("external_id").empty() ? idempotency_key : inputs.text("external_id");
  if (out.external_id.empty()) return invalid("the entry has no external_id", "no_external_id");
  if (out.external_id.size() > longest_external_id)
    return invalid("external_id is longer than 200 characters", "bad_external_id");
  WAGGLE_TRY(out.tags, read_words(inputs.at("tags"), "tags", format));
  WAGGLE_TRY(out.links, read_words(inputs.at("links"), "links", format));

  if (inputs.at("metadata").size() > most_words)
    return invalid("an entry has at most 50 metadata", "too_many");
  for (const auto& [key, value] : inputs.at("metadata").members()) {
    const bool reserved = key == "date" || key == "date2" || key == "type" || key == "waggle-id";
    if (!is_word(key) || key.find_first_of("./") != std::string::npos || !(key[0] >= 'a' && key[0] <= 'z') ||
        reserved)
      return invalid("\"" + one_line(key) +
                         "\" cannot be the name of metadata; begin with a small letter, go on with letters, "
                         "digits, - and _" +
                         (reserved ? " (this one has a meaning of its own)" : ""),
                     "bad_metadata");
    out.metadata.emplace_back(key, value.to_text());
  }

  const int round_to = static_cast<int>(inputs.at("round_to").as_int(-1));
  if (round_to > static_cast<int>(most_places)) return invalid("round_to is at most 12", "bad_round_to");
  const std::string currency = inputs.text("currency");
  const auto& postings = inputs.at("postings").items();
  if (postings.size() < 2) return invalid("an entry needs at least two postings", "unbalanced");
  if (postings.size() > most_postings) return invalid("an entry has at most 1000 postings", "too_many");
  for (const Json& posting : postings) {
    WAGGLE_TRY(auto read, read_posting(posting, currency, round_to, format, roots));
    out.postings.push_back(std::move(read));
  }
  WAGGLE_TRY_VOID(balance(out.postings, currency));
  return out;
}

}  // namespace waggle::books
