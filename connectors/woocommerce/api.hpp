// Asking a shop: where it is, how it wants to be asked, and what its answers mean. Any thread.
// Source: https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication (read 2026-11); run against
// WooCommerce 11.0.1.
#pragma once

#include <string>
#include <string_view>

#include <waggle/call.hpp>
#include <waggle/http.hpp>

#include "oauth1.hpp"

namespace waggle::woocommerce {

inline constexpr int page_size = 100;  ///< WooCommerce's maximum; 101 is answered with 400

/// What an answer that is no success means. `code` is WooCommerce's own word.
inline Error error_of(const Response& reply) {
  const auto parsed = Json::parse(reply.body());
  const bool is_error = parsed.ok() && parsed->is_object() && parsed->contains("code");
  if (!is_error) {
    // Hosts, firewalls and maintenance pages answer in HTML, with 403 and 503 and even 200.
    if (reply.status() == 404)
      return failed(reply.request() +
                        " answered 404 and no JSON; check the connection's url, and that permalinks are on "
                        "in WordPress",
                    "not_the_api");
    return retry(
        reply.request() + " answered " + std::to_string(reply.status()) + ", but not with WooCommerce's JSON",
        reply.retry_after(), "not_json");
  }
  const std::string code = parsed->text("code");
  Error out = error_for_status(reply, parsed->text("message") + " (" + code + ")");
  out.code = code;
  if (code == "rest_invalid_param" || code == "rest_missing_callback_param" || code == "rest_no_route") {
    out.next = Next::invalid;
    std::string which;
    for (const auto& [name, why] : parsed->at("data").at("params").members())
      which += (which.empty() ? ": " : ", ") + name;
    out.message += which;
  }
  return out;
}

class Shop {
 public:
  explicit Shop(const Call& call) : call_(call) {
    base_ = call.setting("url").to_text();
    while (base_.ends_with('/')) base_.pop_back();
    base_ += "/wp-json/wc/v3/";
    auth_ = call.setting("auth").to_text();
    if (auth_.empty() || auth_ == "auto") auth_ = base_.starts_with("https://") ? "basic" : "oauth1";
  }

  /// `path` is under wc/v3/; `body` null = none. Throws what error_of says.
  Operation<Response> ask(std::string method, std::string path, Pairs query, Json body) {
    const std::string key = call_.secret("consumer_key").reveal();
    const Secret secret = call_.secret("consumer_secret");
    const std::string address = base_ + path;
    if (auth_ == "query") {
      if (!base_.starts_with("https://"))
        throw invalid("auth: query would send the consumer secret in the clear; use https, or auth: oauth1",
                      "not_secret");
      query.emplace_back("consumer_key", key);
      query.emplace_back("consumer_secret", secret.reveal());
    } else if (auth_ == "oauth1") {
      // A nonce need only be new for this second: made of what tells this request from all others, so that
      // replays agree.
      const std::string seed = call_.idempotency_key() + "/" + std::to_string(call_.attempt()) + "/" +
                               std::to_string(++asked_) + "/" + std::to_string(to_unix_ms(call_.now()));
      const OAuth1 oauth{key, secret.reveal(), to_hex(sha256(seed)).substr(0, 32),
                         to_unix_ms(call_.now()) / 1000};
      for (auto& parameter : oauth.sign(method, address, query)) query.push_back(std::move(parameter));
    }
    auto request = http::request(method, address);
    for (const auto& [name, value] : query) request.query(name, value);
    if (auth_ == "basic") request.basic(key, secret);
    if (!body.is_null()) request.json(body);
    request.header("accept", "application/json");
    Response reply = co_await request;
    if (!reply.ok() || !Json::parse(reply.body()).ok()) throw error_of(reply);
    co_return reply;
  }

 private:
  const Call& call_;
  std::string base_, auth_;
  int asked_ = 0;
};

/// The REST interface wants money as text; a flow has numbers. Changes the fields of these names, at any
/// depth.
inline void money_as_text(Json& json) {
  constexpr std::string_view names[] = {"total",    "subtotal",       "total_tax",      "subtotal_tax",
                                        "amount",   "price",          "regular_price",  "sale_price",
                                        "discount", "minimum_amount", "maximum_amount", "weight"};
  if (json.is_array())
    for (Json& item : json.items()) money_as_text(item);
  if (!json.is_object()) return;
  for (auto& [name, value] : json.members()) {
    const bool money = std::find(std::begin(names), std::end(names), name) != std::end(names);
    if (money && value.is_number())
      value = Json(value.number_text());
    else
      money_as_text(value);
  }
}

}  // namespace waggle::woocommerce
