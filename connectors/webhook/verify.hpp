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
/// Of hmac_sha256, unless the flow says otherwise: how the signature is written, and what is signed.
inline constexpr std::string_view usual_encoding = "hex";
inline constexpr std::string_view usual_signed = "{timestamp}.{body}";

/// Senders that sign the raw body with HMAC-SHA256 and nothing else differ only in these facts.
struct BodyScheme {
  std::string_view preset, header, encoding, prefix, delivery_id_header;
  bool refuse_without_body = false;
};
inline constexpr BodyScheme body_schemes[] = {
    {"github", "x-hub-signature-256", "hex", "sha256=", "x-github-delivery"},
    {"shopify", "x-shopify-hmac-sha256", "base64", "", "x-shopify-event-id"},
    {"quickbooks", "intuit-signature", "base64", "", ""},
    // "Intent to receive": some requests are signed wrongly on purpose and must be answered 401 with an empty
    // body, or the address stays inactive.
    {"xero", "x-xero-signature", "base64", "", "", true},
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
  explicit Proof(const Incoming& incoming);

  const std::string& preset() const { return preset_; }
  /// For signing a test delivery. Throws denied when there is none.
  const std::string& newest_secret() const;
  std::string setting(const char* name, std::string_view fallback = {}) const {
    const std::string text = settings_.text(name);
    return text.empty() ? std::string(fallback) : text;
  }

  /// Throws Error denied unless the request is the sender's.
  void check() const;

  /// Whether what is proved is the body alone: then nothing in the address may count.
  bool signs_body() const { return preset_ != "none" && preset_ != "basic" && preset_ != "bearer"; }

  /// The sender's name for this delivery, the same when it is repeated; empty when there is none. `payload`:
  /// nullptr when it is the request's JSON body, which is read only when the name stands in it.
  std::string delivery_id(const Json* payload) const;

  std::string encoding() const { return setting("encoding", usual_encoding); }
  std::string signed_form() const { return setting("signed", usual_signed); }

 private:
  void gather(const Json& given);

  /// The value of a header that must come exactly once.
  std::string only(std::string_view name) const;

  /// Seconds since 1970 as text, within the window. Returns the text as it came: signatures are over that.
  std::string fresh(std::string text) const;

  /// Does any live secret, keyed by `key`, sign `content` as one of `given`? All pairs are compared, so that
  /// time tells nothing.
  void match(const std::vector<std::string>& given, std::string_view encoding,
             std::string_view content) const;

  void check_scheme(const BodyScheme& scheme) const;

  void check_body(std::string_view header, std::string_view encoding, std::string_view prefix) const;

  /// With `timestamp_header`, `signed` says how time and body are joined: "{timestamp}.{body}".
  void check_hmac() const;

  void check_standard() const;

  void check_stripe() const;

  void check_slack() const;

  void check_basic() const;

  /// Authorization: Bearer SECRET; or, with `header`, that header holding `prefix` and the secret.
  void check_token() const;

  const Incoming& incoming_;
  const Json& settings_;
  std::string preset_;
  std::vector<std::string> secrets_;
};

}  // namespace waggle::webhook

#include "verify.ipp"
