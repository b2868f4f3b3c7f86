// Slack's signature on its requests: checked on what comes in, made for test deliveries. Any thread.
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack (read 2026-11); Slack publishes
// a vector there.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include <waggle/call.hpp>
#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

namespace waggle::slack {

inline constexpr std::int64_t tolerance_s = 300;  ///< Slack's own advice; 300 is accepted, 301 is not

/// Checks a Slack request signature; the timestamp may be at most 5 minutes from `now`, either way.
/// Errors: denied (header missing or twice, stale, mismatch). Compares in constant time.
inline void check_signature(const Incoming& request) {
  const auto signatures = request.headers("x-slack-signature"),
             times = request.headers("x-slack-request-timestamp");
  if (signatures.empty() || times.empty()) throw denied("the request has no Slack signature", "no_signature");
  if (signatures.size() > 1 || times.size() > 1)
    throw denied("the Slack signature came twice", "bad_signature");
  const std::string& time = times[0];
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(time.data(), time.data() + time.size(), seconds);
  if (problem != std::errc{} || end != time.data() + time.size() || seconds <= 0)
    throw denied("the Slack timestamp is no number", "bad_timestamp");
  const std::int64_t now = to_unix_ms(request.now()) / 1000;
  if (seconds < now - tolerance_s || seconds > now + tolerance_s)
    throw denied("the Slack request was signed more than 5 minutes from now; check this machine's clock",
                 "stale");
  bool good = false;
  for (const char* name : {"signing_secret", "old_signing_secret"}) {
    if (std::string_view(name) == "old_signing_secret" && !request.has(name)) continue;
    const std::string expected =
        "v0=" + to_hex(hmac_sha256(request.secret(name), "v0:" + time + ":" + request.body()));
    good = constant_time_equal(expected, signatures[0]) || good;
  }
  if (!good)
    throw denied(
        "the Slack signature does not match; copy the signing secret anew from the app's Basic Information",
        "bad_signature");
}

/// The request that Slack itself would send, with `payload` inside, signed at the given time.
inline SampleDelivery make_sample(const Incoming& from) {
  SampleDelivery out{.method = "POST"};
  std::string type = "application/json";
  if (from.trigger() == "slash_command" || from.trigger() == "interaction") {
    type = "application/x-www-form-urlencoded";
    Pairs fields;
    if (from.trigger() == "interaction") fields.emplace_back("payload", from.body());
    if (from.trigger() == "slash_command")
      for (const auto& [name, value] : from.json().members()) fields.emplace_back(name, value.to_text());
    out.body = encode_form(fields);
  } else if (from.trigger() == "app_rate_limited") {
    out.body = from.body();
  } else {
    Json envelope{{"type", "event_callback"}};
    Json event = from.json();
    for (const char* name : {"team_id", "event_id", "event_time", "api_app_id"})
      if (event.contains(name)) {
        envelope.set(name, event.at(name));
        event.erase(name);
      }
    if (!envelope.contains("event_id"))
      envelope.set("event_id", "Ev" + to_hex(sha256(from.body())).substr(0, 10));
    envelope.set("event", std::move(event));
    out.body = envelope.dump();
  }
  const std::string time = std::to_string(to_unix_ms(from.now()) / 1000);
  out.headers = {{"content-type", type},
                 {"x-slack-request-timestamp", time},
                 {"x-slack-signature",
                  "v0=" + to_hex(hmac_sha256(from.secret("signing_secret"), "v0:" + time + ":" + out.body))}};
  return out;
}

}  // namespace waggle::slack
