// Deliveries of a shop: the ping, the signature, the topic. Any thread.
// Source: woocommerce/includes/class-wc-webhook.php and deliveries of WooCommerce 11.0.1 (read and run
// 2026-11).
#pragma once

#include <string>
#include <string_view>

#include <waggle/call.hpp>
#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

namespace waggle::woocommerce {

inline constexpr std::string_view signature_header = "x-wc-webhook-signature";

/// Before use WooCommerce decodes HTML entities in the secret, as WordPress stores them; so do we.
inline std::string decode_entities(std::string secret) {
  constexpr std::pair<std::string_view, char> entities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#039;", '\''}, {"&amp;", '&'}};
  std::string out;
  for (std::size_t at = 0; at < secret.size();) {
    const std::string_view rest = std::string_view(secret).substr(at);
    bool found = false;
    for (const auto& [entity, character] : entities)
      if (rest.starts_with(entity)) {
        out += character;
        at += entity.size();
        found = true;
        break;
      }
    if (!found) out += secret[at++];
  }
  return out;
}

/// base64(HMAC-SHA256(body, secret)), over the raw bytes: WooCommerce escapes / and letters beyond ASCII, so
/// JSON must not be written anew first. Throws denied. Compares in constant time.
inline void check_signature(const Incoming& delivery) {
  const auto given = delivery.headers(signature_header);
  if (given.empty())
    throw denied("the delivery has no X-WC-Webhook-Signature header, so nothing proves that it is the shop's",
                 "no_signature");
  if (given.size() > 1) throw denied("the header X-WC-Webhook-Signature came twice", "bad_signature");
  bool good = false;
  for (const char* name : {"webhook_secret", "old_webhook_secret"}) {
    if (std::string_view(name) == "old_webhook_secret" && !delivery.has(name)) continue;
    const std::string secret = decode_entities(delivery.secret(name).reveal());  // denied when missing
    good = constant_time_equal(to_base64(hmac_sha256(secret, delivery.body())), given[0]) || good;
  }
  if (!good)
    throw denied(
        "the delivery's signature does not match the connection's webhook_secret; set the same secret in the "
        "shop (WooCommerce > "
        "Settings > Advanced > Webhooks)",
        "bad_signature");
}

/// When a webhook is made active, the shop posts `webhook_id=N` as a form, unsigned, and wants exactly 200.
inline bool is_ping(const Incoming& delivery) {
  const std::string& body = delivery.body();
  return delivery.header("x-wc-webhook-topic").empty() && delivery.headers(signature_header).empty() &&
         body.starts_with("webhook_id=") && body.size() > 11 && body.size() < 32 &&
         body.find_first_not_of("0123456789", 11) == std::string::npos;
}

/// order.created -> order_created. Topics are told by the connector's own list, so a new topic of WooCommerce
/// is answered 200 and starts nothing.
inline std::string trigger_of(std::string_view topic) {
  if (topic.starts_with("action.")) return "action";
  for (const std::string_view resource : {"order", "product", "customer", "coupon"})
    for (const std::string_view event : {"created", "updated", "deleted", "restored"})
      if (topic == std::string(resource) + "." + std::string(event) &&
          !(resource == "customer" && event == "restored"))
        return std::string(resource) + "_" + std::string(event);
  return "";
}

inline Received receive(const Incoming& delivery) {
  if (is_ping(delivery)) return {.status = 200};
  check_signature(delivery);
  const std::string& topic = delivery.header("x-wc-webhook-topic");
  if (topic.empty())
    throw invalid(
        "the delivery has no X-WC-Webhook-Topic header; a proxy between the shop and here seems to drop "
        "headers",
        "no_topic");
  Event event{.trigger = trigger_of(topic)};
  if (event.trigger.empty()) return {.status = 200};
  const Json& body = delivery.json();
  event.delivery_id = delivery.header("x-wc-webhook-delivery-id");
  // The delivery id is made of the webhook's id and the second, so two deliveries of one second share it: not
  // good enough.
  event.dedupe_key = topic + ":" + body.text("id") + ":" + body.text("date_modified_gmt") + ":" +
                     to_hex(sha256(delivery.body()));
  event.occurred_at = parse_utc(body.text("date_modified_gmt"));
  return {.status = 200, .events = {std::move(event)}};
}

}  // namespace waggle::woocommerce
