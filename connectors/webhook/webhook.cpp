// Webhook: takes requests from anybody who can send JSON, XML or a form to a path that the flow names.
#include <waggle/connector.hpp>
#include <waggle/crypto.hpp>
#include <waggle/xml.hpp>

#include "forms.hpp"
#include "multipart.hpp"
#include "sign.hpp"
#include "verify.hpp"

using namespace waggle;
using namespace waggle::webhook;

namespace {

enum class Kind { unset, json, xml, form, multipart, query };

/// The parser is chosen once, from the declared type; what the body looks like never counts.
Kind kind_of(const Incoming& request) {
  const std::string& header = request.header("content-type");
  const std::string type = lower(trim(std::string_view(header).substr(0, header.find(';'))));
  if (request.method() == "GET" || request.method() == "DELETE") return Kind::query;
  if (type.empty() && request.body().empty()) return Kind::query;
  if (type == "application/json" || type == "text/json" ||
      (type.starts_with("application/") && type.ends_with("+json")))
    return Kind::json;
  if (type == "application/xml" || type == "text/xml" ||
      (type.starts_with("application/") && type.ends_with("+xml")))
    return Kind::xml;
  if (type == "application/x-www-form-urlencoded") return Kind::form;
  if (type == "multipart/form-data") return Kind::multipart;
  return Kind::unset;
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::json:
      return "json";
    case Kind::xml:
      return "xml";
    case Kind::form:
    case Kind::multipart:
      return "form";
    case Kind::query:
      return "query";
    case Kind::unset:
      break;
  }
  return "";
}

/// A setting that is a list of words; `usual` when it is not set.
std::vector<std::string> words(const Json& setting, std::vector<std::string> usual) {
  if (setting.is_null()) return usual;
  if (!setting.is_array()) return {setting.to_text()};
  std::vector<std::string> out;
  for (const Json& one : setting.items()) out.push_back(one.to_text());
  return out;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](const auto& one) { return same_name(one, word); });
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

void check_method(const Incoming& request, const std::vector<std::string>& accept) {
  std::vector<std::string> usual{"POST", "PUT", "PATCH"};
  if (has(accept, "query")) usual.push_back("GET");
  const auto methods = words(request.when("methods"), usual);
  if (!has(methods, request.method()))
    refuse(405, request.method() + " is not allowed here; this address takes " + joined(methods),
           "method_not_allowed");
}

Kind check_kind(const Incoming& request, const std::vector<std::string>& accept) {
  const Kind kind = kind_of(request);
  if (kind == Kind::unset || !has(accept, word_of(kind)))
    refuse(415,
           "this address takes " + joined(accept) + ", not the content-type \"" +
               request.header("content-type") + "\"",
           "unsupported_type");
  const auto charset = parameter(request.header("content-type"), "charset");
  // XML says its own encoding, and Expat reads it.
  if (charset && kind != Kind::xml && !same_name(*charset, "utf-8") && !same_name(*charset, "utf8") &&
      !same_name(*charset, "us-ascii"))
    refuse(415, "the charset " + *charset + " is not understood; send UTF-8", "unsupported_charset");
  return kind;
}

/// The payload; nullopt when the body is it, byte for byte.
std::optional<Json> payload_of(const Incoming& request, Kind kind) {
  switch (kind) {
    case Kind::xml: {
      auto xml = parse_xml(request.body());
      if (!xml) throw xml.error();
      return std::move(*xml);
    }
    case Kind::form:
      return form_to_json(request.body());
    case Kind::multipart:
      return multipart_to_json(request.header("content-type"), request.body());
    case Kind::query:
      return form_to_json(request.raw_query());
    case Kind::json:
    case Kind::unset:
      break;
  }
  return std::nullopt;  // what is stored are the sender's bytes; the host refuses them when they are no JSON
}

Received accept_delivery(const Incoming& request) {
  const auto accept = words(request.when("accept"), {"json", "xml", "form"});
  check_method(request, accept);
  const Proof proof(request);
  proof.check();
  const Kind kind = check_kind(request, accept);
  if (kind == Kind::query && proof.signs_body())
    refuse(403,
           "verify.preset " + proof.preset() +
               " signs the body, so anybody could write into the query; take query out of the flow's "
               "`accept`, or verify with bearer or basic",
           "unsigned_query");
  Event event{.trigger = "default", .payload = payload_of(request, kind)};
  if (proof.preset() == "slack")
    if (const Json& payload = event.payload ? *event.payload : request.json();
        payload.text("type") == "url_verification")
      return {.headers = {{"content-type", "text/plain"}}, .body = payload.text("challenge")};
  event.delivery_id = proof.delivery_id(event.payload ? &*event.payload : nullptr);
  event.dedupe_key = event.delivery_id;
  return {.events = {std::move(event)}};
}

std::vector<Field> verify_fields() {
  return {
      choice("preset", {"none", "hmac_sha256", "standard_webhooks", "stripe", "github", "shopify", "slack",
                        "quickbooks", "xero", "basic", "bearer"})
          .describe("How the sender proves itself. Each preset but none refuses deliveries while no secret "
                    "is set. WooCommerce has a connector of its own."),
      secret("secret").describe(
          "The shared secret, password or token. Better kept in a connection of this connector."),
      list("secrets", secret(""))
          .describe("Several live secrets, while one is being replaced; any of them counts."),
      text("header")
          .describe("hmac_sha256: the header with the signature. bearer: the header with the token, if it is "
                    "not Authorization.")
          .example("X-Signature"),
      choice("encoding", {"hex", "base64"})
          .describe("hmac_sha256: how the signature is written.")
          .fallback(std::string(usual_encoding)),
      text("prefix")
          .describe("hmac_sha256 and bearer: what stands before the signature or token.")
          .example("sha256="),
      text("timestamp_header")
          .describe("hmac_sha256: the header with the time of signing, in seconds since 1970, when it is "
                    "signed too."),
      text("signed")
          .describe("hmac_sha256 with timestamp_header: what was signed.")
          .fallback(std::string(usual_signed)),
      integer("tolerance")
          .describe("Seconds that a signed time may be away from our clock, either way.")
          .fallback(usual_tolerance_s),
      text("username").describe("basic: the user name; the password is the secret."),
  };
}

}  // namespace

Connector waggle::connector() {
  Trigger trigger{.id = "default",
                  .help =
                      "A request came to the path. JSON arrives as it was sent; forms become an object of "
                      "texts (a name that comes "
                      "twice an array); XML becomes objects, with @ before attributes.",
                  .accept = accept_delivery,
                  .delivery = Delivery::path,
                  .samples = {"default.json"}};
  trigger.settings = {
      text("path")
          .describe("The path, with names for its parts: /data/:account.")
          .required()
          .example("/data/:account"),
      list("methods", text(""))
          .describe("Methods that are taken. Usually POST, PUT and PATCH; GET too when `accept` has query."),
      list("accept", choice("", {"json", "xml", "form", "query"}))
          .describe("What the body may be; form stands for both kinds of forms. query: the event is made of "
                    "what is behind the ?, which no signature covers: refused when `verify` signs the body. "
                    "Usually json, xml and form."),
      object("verify", verify_fields())
          .describe("How the sender proves itself. Without it anybody may start this flow."),
      text("delivery_id_header")
          .describe("A header that is the same when the sender repeats a delivery; a repeat starts nothing.")
          .example("X-Request-Id"),
      choice("reply", {"now", "after_run"})
          .describe(
              "now: answer as soon as the event is stored. after_run: answer what the flow's `reply` says.")
          .fallback("now"),
  };
  return {.id = "webhook",
          .title = "Webhook",
          .version = "0.1.0",
          .help = "Takes requests from anything that can send JSON, XML or a form.",
          .settings = {secret("secret").describe("The secret that the sender shares with us."),
                       secret("old_secret").describe("The one before, while the secret is being replaced.")},
          .connection_optional = true,
          .sample = make_sample,
          .triggers = {std::move(trigger)}};
}
WAGGLE_PLUGIN_ENTRY();
