// A test delivery as the sender would make it, signed for the flow's own `verify`. Any thread.
#pragma once

#include <string>

#include <waggle/call.hpp>
#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

#include "verify.hpp"

namespace waggle::webhook {

inline Pairs signature_headers(const Proof& proof, const std::string& body, const std::string& time) {
  const std::string& preset = proof.preset();
  if (preset == "none") return {};
  const std::string& secret = proof.newest_secret();
  const auto written = [](std::string_view encoding, const std::string& digest) {
    return encoding == "base64" ? to_base64(digest) : to_hex(digest);
  };
  for (const BodyScheme& scheme : body_schemes)
    if (preset == scheme.preset) {
      Pairs out{{std::string(scheme.header),
                 std::string(scheme.prefix) + written(scheme.encoding, hmac_sha256(secret, body))}};
      if (!scheme.delivery_id_header.empty())
        out.emplace_back(scheme.delivery_id_header, "test-" + to_hex(sha256(body)).substr(0, 32));
      return out;
    }
  if (preset == "hmac_sha256") {
    const std::string time_header = proof.setting("timestamp_header");
    const std::string content = time_header.empty() ? body : signed_content(proof.signed_form(), time, body);
    Pairs out{{proof.setting("header"),
               proof.setting("prefix") + written(proof.encoding(), hmac_sha256(secret, content))}};
    if (!time_header.empty()) out.emplace_back(time_header, time);
    return out;
  }
  if (preset == "standard_webhooks") {
    const std::string id = "msg_test_" + to_hex(sha256(body)).substr(0, 24);
    const auto key = from_base64(secret.starts_with("whsec_") ? secret.substr(6) : secret);
    if (!key)
      throw denied("the secret is not base64; copy it as the sender shows it, like whsec_...", "bad_secret");
    return {{"webhook-id", id},
            {"webhook-timestamp", time},
            {"webhook-signature", "v1," + to_base64(hmac_sha256(*key, id + "." + time + "." + body))}};
  }
  if (preset == "stripe")
    return {{"stripe-signature", "t=" + time + ",v1=" + to_hex(hmac_sha256(secret, time + "." + body))}};
  if (preset == "slack")
    return {{"x-slack-request-timestamp", time},
            {"x-slack-signature", "v0=" + to_hex(hmac_sha256(secret, "v0:" + time + ":" + body))}};
  if (preset == "basic")
    return {{"authorization", "Basic " + to_base64(proof.setting("username") + ":" + secret)}};
  const std::string header = proof.setting("header", "authorization");
  return {{header, proof.setting("prefix", proof.setting("header").empty() ? "Bearer " : "") + secret}};
}

inline SampleDelivery make_sample(const Incoming& from) {
  const Proof proof(from);
  SampleDelivery out{.method = "POST", .body = from.body()};
  out.headers = signature_headers(proof, out.body, std::to_string(to_unix_ms(from.now()) / 1000));
  out.headers.emplace_back("content-type", "application/json");
  return out;
}

}  // namespace waggle::webhook
