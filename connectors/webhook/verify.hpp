// Who sent this? The ways in which senders prove themselves. No secret, no header, a header sent twice, a
// wrong length: all are refused with 401. Compared in constant time. Any thread. Sources:
// https://www.standardwebhooks.com, https://docs.stripe.com/webhooks#verify-manually,
// https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries,
// https://docs.slack.dev/authentication/verifying-requests-from-slack,
// https://shopify.dev/docs/apps/build/webhooks, RFC 7617 (Basic), RFC 6750 (Bearer) (read 2026-11); checked
// with signatures made by the vendors' own libraries.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/call.hpp>
#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

namespace waggle::webhook {

/// How far a signed timestamp may be from the host's clock, either way, unless the flow says otherwise.
inline constexpr std::int64_t usual_tolerance_s = 300;

/// Senders that sign the raw body with HMAC-SHA256 and nothing else differ only in these facts.
struct BodyScheme {
  std::string_view preset, header, encoding, prefix, delivery_id_header;
};
inline constexpr BodyScheme body_schemes[] = {
    {"github", "x-hub-signature-256", "hex", "sha256=", "x-github-delivery"},
    {"shopify", "x-shopify-hmac-sha256", "base64", "", "x-shopify-event-id"},
    {"quickbooks", "intuit-signature", "base64", "", ""},
    {"xero", "x-xero-signature", "base64", "", ""},
    {"woocommerce", "x-wc-webhook-signature", "base64", "", ""},
};

/// `form` with {timestamp} and {body} filled in; what the body holds is not looked through again.
inline std::string signed_content(std::string_view form, std::string_view time, std::string_view body) {
  std::string out;
  while (!form.empty()) {
    if (form.starts_with("{timestamp}")) {
      out += time;
      form.remove_prefix(11);
    } else if (form.starts_with("{body}")) {
      out += body;
      form.remove_prefix(6);
    } else {
      out += form[0];
      form.remove_prefix(1);
    }
  }
  return out;
}

/// What a flow set under `verify`, with what the connection adds.
class Proof {
 public:
  explicit Proof(const Incoming& incoming) : incoming_(incoming), settings_(incoming.when("verify")) {
    preset_ = settings_.text("preset");
    if (preset_.empty()) preset_ = settings_.is_object() && settings_.size() > 0 ? "hmac_sha256" : "none";
    gather(settings_.at("secret"));
    gather(settings_.at("secrets"));
    if (incoming.has("secret")) secrets_.push_back(incoming.secret("secret").reveal());
    if (incoming.has("old_secret")) secrets_.push_back(incoming.secret("old_secret").reveal());
  }

  const std::string& preset() const { return preset_; }
  /// For signing a test delivery. Throws denied when there is none.
  const std::string& newest_secret() const {
    if (secrets_.empty()) throw denied("no secret is set to sign a test delivery with", "no_secret");
    return secrets_[0];
  }
  std::string setting(const char* name, std::string_view fallback = {}) const {
    const std::string text = settings_.text(name);
    return text.empty() ? std::string(fallback) : text;
  }

  /// Throws Error denied unless the request is the sender's.
  void check() const {
    if (preset_ == "none") return;
    if (secrets_.empty())
      throw denied("no secret is set to check deliveries with; set verify.secret, or the connection's secret",
                   "no_secret");
    for (const BodyScheme& scheme : body_schemes)
      if (preset_ == scheme.preset) return check_body(scheme.header, scheme.encoding, scheme.prefix);
    if (preset_ == "hmac_sha256") return check_hmac();
    if (preset_ == "standard_webhooks") return check_standard();
    if (preset_ == "stripe") return check_stripe();
    if (preset_ == "slack") return check_slack();
    if (preset_ == "basic") return check_basic();
    if (preset_ == "bearer") return check_token();
    throw invalid("there is no verify.preset \"" + preset_ + "\"", "unknown_preset");
  }

  /// The sender's name for this delivery, the same when it is repeated; empty when there is none.
  std::string delivery_id(const Json& payload) const {
    if (const std::string header = incoming_.when("delivery_id_header").to_text(); !header.empty())
      return incoming_.header(header);
    if (preset_ == "standard_webhooks") return only("webhook-id");
    if (preset_ == "stripe") return payload.text("id");
    if (preset_ == "slack") return payload.text("event_id");
    for (const BodyScheme& scheme : body_schemes)
      if (preset_ == scheme.preset && !scheme.delivery_id_header.empty())
        return incoming_.header(scheme.delivery_id_header);
    return {};
  }

 private:
  void gather(const Json& given) {
    if (given.is_array()) {
      for (const Json& one : given.items()) gather(one);
    } else if (const std::string text = given.to_text(); !text.empty()) {
      secrets_.push_back(text);
    }
  }

  /// The value of a header that must come exactly once.
  std::string only(std::string_view name) const {
    auto values = incoming_.headers(name);
    if (values.empty()) throw denied("the header " + std::string(name) + " is missing", "no_signature");
    if (values.size() > 1) throw denied("the header " + std::string(name) + " came twice", "bad_signature");
    return std::move(values[0]);
  }

  /// Seconds since 1970 as text, within the window. Returns the text as it came: signatures are over that.
  std::string fresh(std::string text) const {
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (problem != std::errc{} || end != text.data() + text.size() || seconds <= 0)
      throw denied("the delivery's timestamp is no number of seconds", "bad_timestamp");
    const std::int64_t tolerance = settings_.at("tolerance").as_int(usual_tolerance_s);
    const std::int64_t now = to_unix_ms(incoming_.now()) / 1000;
    if (seconds > now + tolerance || seconds < now - tolerance)
      throw denied("the delivery's timestamp is more than " + std::to_string(tolerance) +
                       " s away from our clock; check both clocks",
                   "stale");
    return text;
  }

  /// Does any live secret, keyed by `key`, sign `content` as one of `given`? All pairs are compared, so that
  /// time tells nothing.
  void match(const std::vector<std::string>& given, std::string_view encoding,
             std::string_view content) const {
    bool good = false;
    for (const std::string& secret : secrets_) {
      const std::string digest = hmac_sha256(secret, content);
      const std::string expected = encoding == "base64" ? to_base64(digest) : to_hex(digest);
      for (const std::string& one : given) good = constant_time_equal(expected, one) || good;
    }
    if (!good)
      throw denied(
          "the signature does not match; check that both sides have the same secret and that no proxy "
          "changes the body",
          "bad_signature");
  }

  void check_body(std::string_view header, std::string_view encoding, std::string_view prefix) const {
    std::string value = only(header);
    if (!value.starts_with(prefix))
      throw denied("the header " + std::string(header) + " does not begin with " + std::string(prefix),
                   "bad_signature");
    match({value.substr(prefix.size())}, encoding, incoming_.body());
  }

  /// With `timestamp_header`, `signed` says how time and body are joined: "{timestamp}.{body}".
  void check_hmac() const {
    const std::string header = setting("header");
    if (header.empty())
      throw invalid("verify.header is missing: the header that holds the signature", "no_header");
    const std::string timestamp_header = setting("timestamp_header");
    if (timestamp_header.empty()) return check_body(header, setting("encoding", "hex"), setting("prefix"));
    const std::string time = fresh(only(timestamp_header));
    std::string value = only(header);
    const std::string prefix = setting("prefix");
    if (!value.starts_with(prefix))
      throw denied("the header " + header + " does not begin with " + prefix, "bad_signature");
    const std::string content =
        signed_content(setting("signed", "{timestamp}.{body}"), time, incoming_.body());
    match({value.substr(prefix.size())}, setting("encoding", "hex"), content);
  }

  void check_standard() const {
    const std::string id = only("webhook-id"), signatures = only("webhook-signature");
    const std::string content = id + "." + fresh(only("webhook-timestamp")) + "." + incoming_.body();
    std::vector<std::string> given;
    for (std::size_t at = 0; at <= signatures.size();) {
      const auto end = std::min(signatures.find(' ', at), signatures.size());
      const std::string one = signatures.substr(at, end - at);
      if (one.starts_with("v1,")) given.push_back(one.substr(3));  // other versions are skipped
      at = end + 1;
    }
    bool good = false;
    for (std::string secret : secrets_) {
      if (secret.starts_with("whsec_")) secret.erase(0, 6);
      const auto key = from_base64(secret);
      if (!key || key->empty())
        throw denied("the secret is not base64; copy it as the sender shows it, like whsec_...",
                     "bad_secret");
      const std::string expected = to_base64(hmac_sha256(*key, content));
      for (const std::string& one : given) good = constant_time_equal(expected, one) || good;
    }
    if (!good)
      throw denied("the signature does not match; check that both sides have the same secret",
                   "bad_signature");
  }

  void check_stripe() const {
    const std::string header = only("stripe-signature");
    std::string time;
    std::vector<std::string> given;
    for (std::size_t at = 0; at <= header.size();) {
      const auto end = std::min(header.find(',', at), header.size());
      const std::string item = header.substr(at, end - at);
      if (item.starts_with("t=")) {
        if (!time.empty()) throw denied("the header stripe-signature has two timestamps", "bad_signature");
        time = item.substr(2);
      }
      if (item.starts_with("v1=")) given.push_back(item.substr(3));
      at = end + 1;
    }
    match(given, "hex", fresh(time) + "." + incoming_.body());
  }

  void check_slack() const {
    const std::string time = fresh(only("x-slack-request-timestamp"));
    std::string value = only("x-slack-signature");
    if (!value.starts_with("v0="))
      throw denied("the header x-slack-signature does not begin with v0=", "bad_signature");
    match({value.substr(3)}, "hex", "v0:" + time + ":" + incoming_.body());
  }

  void check_basic() const {
    const std::string value = only("authorization");
    const bool scheme = value.size() > 6 && same_name(value.substr(0, 6), "Basic ");
    const auto given = scheme ? from_base64(value.substr(6)) : std::nullopt;
    bool good = false;
    for (const std::string& secret : secrets_)
      good = (given && constant_time_equal(setting("username") + ":" + secret, *given)) || good;
    if (!good) throw denied("user name or password is wrong", "bad_password");
  }

  /// Authorization: Bearer SECRET; or, with `header`, that header holding `prefix` and the secret.
  void check_token() const {
    const std::string header = setting("header", "authorization");
    const std::string value = only(header);
    const std::string prefix = setting("prefix", settings_.text("header").empty() ? "Bearer " : "");
    const bool begins = value.size() >= prefix.size() && same_name(value.substr(0, prefix.size()), prefix);
    bool good = false;
    for (const std::string& secret : secrets_)
      good = (begins && constant_time_equal(secret, value.substr(prefix.size()))) || good;
    if (!good) throw denied("the token in " + header + " is wrong", "bad_token");
  }

  const Incoming& incoming_;
  const Json& settings_;
  std::string preset_;
  std::vector<std::string> secrets_;
};

}  // namespace waggle::webhook
