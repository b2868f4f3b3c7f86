// Included by verify.hpp alone.
#pragma once

namespace waggle::webhook {

inline Proof::Proof(const Incoming& incoming) : incoming_(incoming), settings_(incoming.when("verify")) {
  preset_ = settings_.text("preset");
  gather(settings_.at("secret"));
  gather(settings_.at("secrets"));
  if (incoming.has("secret")) secrets_.push_back(incoming.secret("secret").reveal());
  if (incoming.has("old_secret")) secrets_.push_back(incoming.secret("old_secret").reveal());
  // A secret without a word on how to use it must not leave the door open.
  if (preset_.empty()) preset_ = secrets_.empty() && settings_.size() == 0 ? "none" : "hmac_sha256";
}

inline const std::string& Proof::newest_secret() const {
  if (secrets_.empty())
    throw denied(
        "no secret is set to sign a test delivery with; set verify.secret, or the connection's secret",
        "no_secret");
  return secrets_[0];
}

inline void Proof::check() const {
  if (preset_ == "none") return;
  if (secrets_.empty())
    throw denied("no secret is set to check deliveries with; set verify.secret, or the connection's secret",
                 "no_secret");
  for (const BodyScheme& scheme : body_schemes)
    if (preset_ == scheme.preset) return check_scheme(scheme);
  if (preset_ == "hmac_sha256") return check_hmac();
  if (preset_ == "standard_webhooks") return check_standard();
  if (preset_ == "stripe") return check_stripe();
  if (preset_ == "slack") return check_slack();
  if (preset_ == "basic") return check_basic();
  if (preset_ == "bearer") return check_token();
  if (preset_ == "woocommerce")
    throw invalid(
        "a WooCommerce shop first sends an unsigned ping that must be answered 200, which a preset cannot; "
        "use "
        "the connector woocommerce, like `when: woocommerce.order_created`",
        "unknown_preset");
  throw invalid("there is no verify.preset \"" + preset_ + "\"", "unknown_preset");
}

inline std::string Proof::delivery_id(const Json* payload) const {
  const auto said = [&](std::string_view name) { return (payload ? *payload : incoming_.json()).text(name); };
  if (const std::string header = incoming_.when("delivery_id_header").to_text(); !header.empty())
    return incoming_.header(header);
  if (preset_ == "standard_webhooks") return only("webhook-id");
  if (preset_ == "stripe") return said("id");
  if (preset_ == "slack") return said("event_id");
  for (const BodyScheme& scheme : body_schemes)
    if (preset_ == scheme.preset && !scheme.delivery_id_header.empty())
      return incoming_.header(scheme.delivery_id_header);
  return {};
}

inline void Proof::gather(const Json& given) {
  if (given.is_array()) {
    for (const Json& one : given.items()) gather(one);
  } else if (const std::string text = given.to_text(); !text.empty()) {
    secrets_.push_back(text);
  }
}

inline std::string Proof::only(std::string_view name) const {
  auto values = incoming_.headers(name);
  if (values.empty()) throw denied("the header " + std::string(name) + " is missing", "no_signature");
  if (values.size() > 1) throw denied("the header " + std::string(name) + " came twice", "bad_signature");
  return std::move(values[0]);
}

inline std::string Proof::fresh(std::string text) const {
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

inline void Proof::match(const std::vector<std::string>& given, std::string_view encoding,
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

inline void Proof::check_scheme(const BodyScheme& scheme) const {
  try {
    check_body(scheme.header, scheme.encoding, scheme.prefix);
  } catch (const Error& error) {
    if (scheme.refuse_without_body) throw Refusal{401, error, true};
    throw;
  }
}

inline void Proof::check_body(std::string_view header, std::string_view encoding,
                              std::string_view prefix) const {
  std::string value = only(header);
  if (!value.starts_with(prefix))
    throw denied("the header " + std::string(header) + " does not begin with " + std::string(prefix),
                 "bad_signature");
  match({value.substr(prefix.size())}, encoding, incoming_.body());
}

inline void Proof::check_hmac() const {
  const std::string header = setting("header");
  if (header.empty())
    throw denied(
        "verify.preset, or verify.header (the header that holds the signature), is missing in the flow",
        "no_header");
  const std::string timestamp_header = setting("timestamp_header");
  if (timestamp_header.empty()) return check_body(header, encoding(), setting("prefix"));
  const std::string time = fresh(only(timestamp_header));
  std::string value = only(header);
  const std::string prefix = setting("prefix");
  if (!value.starts_with(prefix))
    throw denied("the header " + header + " does not begin with " + prefix, "bad_signature");
  const std::string content = signed_content(signed_form(), time, incoming_.body());
  match({value.substr(prefix.size())}, encoding(), content);
}

inline void Proof::check_standard() const {
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
      throw denied("the secret is not base64; copy it as the sender shows it, like whsec_...", "bad_secret");
    const std::string expected = to_base64(hmac_sha256(*key, content));
    for (const std::string& one : given) good = constant_time_equal(expected, one) || good;
  }
  if (!good)
    throw denied("the signature does not match; check that both sides have the same secret", "bad_signature");
}

inline void Proof::check_stripe() const {
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

inline void Proof::check_slack() const {
  const std::string time = fresh(only("x-slack-request-timestamp"));
  std::string value = only("x-slack-signature");
  if (!value.starts_with("v0="))
    throw denied("the header x-slack-signature does not begin with v0=", "bad_signature");
  match({value.substr(3)}, "hex", "v0:" + time + ":" + incoming_.body());
}

inline void Proof::check_basic() const {
  const std::string value = only("authorization");
  const bool scheme = value.size() > 6 && same_name(value.substr(0, 6), "Basic ");
  const auto given = scheme ? from_base64(value.substr(6)) : std::nullopt;
  bool good = false;
  for (const std::string& secret : secrets_)
    good = (given && constant_time_equal(setting("username") + ":" + secret, *given)) || good;
  if (!good) throw denied("user name or password is wrong", "bad_password");
}

inline void Proof::check_token() const {
  const std::string header = setting("header", "authorization");
  const std::string value = only(header);
  const std::string prefix = setting("prefix", settings_.text("header").empty() ? "Bearer " : "");
  const bool begins = value.size() >= prefix.size() && same_name(value.substr(0, prefix.size()), prefix);
  bool good = false;
  for (const std::string& secret : secrets_)
    good = (begins && constant_time_equal(secret, value.substr(prefix.size()))) || good;
  if (!good) throw denied("the token in " + header + " is wrong", "bad_token");
}

}  // namespace waggle::webhook
