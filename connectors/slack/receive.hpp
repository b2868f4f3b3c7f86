// Requests from Slack: events, slash commands, interactions, and the handshakes before them. Any thread.
// Source: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/interactivity (read 2026-11)
#pragma once

#include <string>
#include <string_view>

#include <waggle/call.hpp>
#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

#include "signature.hpp"

namespace waggle::slack {

/// Which of our triggers an event is; `event` for all without one of their own.
inline std::string trigger_of(const Json& event) {
  const std::string type = event.text("type"), subtype = event.text("subtype");
  if (type == "message") {
    if (subtype == "message_changed" || subtype == "message_deleted") return subtype;
    // What a person or a bot wrote; the other subtypes are reports ("joined the channel").
    for (const std::string_view written : {"", "file_share", "thread_broadcast", "me_message", "bot_message"})
      if (subtype == written) return "message";
    return "event";
  }
  for (const std::string_view known :
       {"app_mention", "reaction_added", "reaction_removed", "member_joined_channel", "member_left_channel",
        "channel_created", "team_join", "file_shared", "app_home_opened"})
    if (type == known) return type;
  return "event";
}

/// A bot that answers its own messages never stops. `ignore`: no bot's; `ignore_own`: not this app's.
inline bool is_unwanted_bot(const Incoming& request, const Json& envelope, const Json& event) {
  const std::string setting = request.setting("bot_messages").to_text();
  if (setting == "accept") return false;
  const Json& message =
      event.at("message").is_object() ? event.at("message") : event;  // message_changed nests it
  const bool bot = !message.text("bot_id").empty() || message.text("subtype") == "bot_message";
  if (!bot) return false;
  if (setting != "ignore_own") return true;
  const std::string app =
      message.text("app_id").empty() ? message.at("bot_profile").text("app_id") : message.text("app_id");
  return !app.empty() && app == envelope.text("api_app_id");
}

inline Received receive_event(const Incoming& request, const Json& envelope) {
  const Json& event = envelope.at("event");
  if (is_unwanted_bot(request, envelope, event)) return {};
  Json payload = event;
  for (const char* name : {"team_id", "event_id", "event_time", "api_app_id"})
    if (!payload.contains(name) && envelope.contains(name)) payload.set(name, envelope.at(name));
  Event out{
      .trigger = trigger_of(event), .payload = std::move(payload), .dedupe_key = envelope.text("event_id")};
  out.delivery_id = out.dedupe_key;
  if (const std::int64_t time = envelope.at("event_time").as_int(); time > 0)
    out.occurred_at = from_unix_seconds(time);
  return {.events = {std::move(out)}};
}

inline Received receive_json(const Incoming& request) {
  const Json& body = request.json();
  const std::string type = body.text("type");
  if (type == "url_verification")
    return {.headers = {{"content-type", "text/plain"}}, .body = body.text("challenge")};
  if (type == "event_callback") return receive_event(request, body);
  if (type == "app_rate_limited") {
    Json payload = body;
    payload.erase("token");
    return {
        .events = {
            {.trigger = type, .payload = std::move(payload), .dedupe_key = to_hex(sha256(request.body()))}}};
  }
  return {};
}

/// Forms: a slash command, or an interaction whose JSON is in the field `payload`. Slack's old verification
/// token is left out of what flows see; it is a secret, and the signature does its work.
inline Received receive_form(const Incoming& request) {
  const Pairs fields = request.form();
  if (const std::string* const interaction = find_value(fields, "payload")) {
    auto payload = Json::parse(*interaction);
    if (!payload || !payload->is_object())
      throw invalid("Slack's field `payload` is no JSON object", "bad_payload");
    payload->erase("token");
    const bool wants_options = payload->text("type") == "block_suggestion";
    std::string key = payload->text("trigger_id");
    if (key.empty()) key = to_hex(sha256(request.body()));
    Received out{.events = {{.trigger = "interaction", .payload = std::move(*payload), .dedupe_key = key}}};
    if (wants_options) {  // a list to choose from cannot wait for a flow
      out.headers = {{"content-type", "application/json"}};
      out.body = R"({"options":[]})";
    }
    return out;
  }
  Json payload = Json::object();
  for (const auto& [name, value] : fields)
    if (name != "token") payload.set(name, value);
  if (payload.text("command").empty()) return {};
  std::string key = payload.text("trigger_id");
  return {
      .events = {{.trigger = "slash_command", .payload = std::move(payload), .dedupe_key = std::move(key)}}};
}

inline Received receive(const Incoming& request) {
  // Slack's occasional test of our certificate may come unsigned; it brings nothing and starts nothing.
  const bool is_form = request.header("content-type").starts_with("application/x-www-form-urlencoded");
  if (is_form || request.method() == "GET") {
    const Pairs fields = request.method() == "GET" ? request.query() : request.form();
    const std::string* const ssl_check = find_value(fields, "ssl_check");
    if (ssl_check && *ssl_check == "1") return {};
  }
  check_signature(request);
  return is_form ? receive_form(request) : receive_json(request);
}

}  // namespace waggle::slack
