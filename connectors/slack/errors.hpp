// Slack's words for errors, and what to do about each. Any thread.
// Source: the error lists of https://docs.slack.dev/reference/methods (chat.postMessage, chat.update,
// reactions.add, auth.test) and https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
// (read 2026-11).
#pragma once

#include <string>
#include <string_view>

#include <waggle/http.hpp>
#include <waggle/result.hpp>

namespace waggle::slack {

struct Word {
  std::string_view word;
  Next next;
  std::string_view advice;
};

inline constexpr Word words[] = {
    {"not_authed", Next::denied, "the connection has no bot_token"},
    {"invalid_auth", Next::denied, "the bot_token is wrong; copy it anew from the app's OAuth & Permissions"},
    {"account_inactive", Next::denied,
     "the token belongs to a deleted user or workspace; install the app again"},
    {"token_revoked", Next::denied, "the token was revoked; install the app again"},
    {"token_expired", Next::denied, "the token has expired; install the app again"},
    {"no_permission", Next::denied, "the token lacks a permission; install the app again"},
    {"missing_scope", Next::denied,
     "the app lacks a scope; add it under OAuth & Permissions and install the app again"},
    {"not_allowed_token_type", Next::denied, "this needs a bot token, which begins with xoxb-"},
    {"org_login_required", Next::denied,
     "the workspace is being moved to an organisation; connect again later"},
    {"ekm_access_denied", Next::denied, "an administrator has suspended access"},
    {"team_access_not_granted", Next::denied, "the app is not granted to this workspace"},
    {"access_denied", Next::denied, "access is denied; ask an administrator of the workspace"},
    {"no_service", Next::denied,
     "the incoming webhook is gone; make a new one and put its address into webhook_url"},
    {"no_service_id", Next::denied, "the incoming webhook's address is incomplete; copy it anew"},
    {"no_team", Next::denied, "the incoming webhook's address is wrong; copy it anew"},
    {"invalid_token", Next::denied, "the incoming webhook's address is wrong; copy it anew"},
    {"action_prohibited", Next::denied, "an administrator forbids this webhook to post"},
    {"ratelimited", Next::retry, "too many calls"},
    {"rate_limited", Next::retry, "too many calls"},
    {"internal_error", Next::retry, "Slack has trouble of its own"},
    {"fatal_error", Next::retry, "Slack has trouble of its own"},
    {"service_unavailable", Next::retry, "Slack has trouble of its own"},
    {"request_timeout", Next::retry, "the request did not arrive whole"},
    {"channel_not_found", Next::invalid,
     "there is no such channel, or the bot may not see it; invite it with /invite"},
    {"not_in_channel", Next::invalid, "the bot is not in the channel; invite it with /invite"},
    {"is_archived", Next::invalid, "the channel is archived"},
    {"channel_is_archived", Next::invalid, "the channel is archived"},
    {"no_text", Next::invalid, "the message is empty; give it text or blocks"},
    {"msg_too_long", Next::invalid, "the message is longer than 40000 characters"},
    {"msg_blocks_too_long", Next::invalid, "the blocks are too long"},
    {"invalid_blocks", Next::invalid,
     "the blocks are not what Block Kit allows; try them in the Block Kit Builder"},
    {"invalid_blocks_format", Next::invalid, "blocks must be a list of blocks"},
    {"invalid_attachments", Next::invalid, "the attachments are not valid"},
    {"too_many_attachments", Next::invalid, "at most 100 attachments fit a message"},
    {"invalid_payload", Next::invalid, "the message is not what an incoming webhook takes"},
    {"invalid_arguments", Next::invalid, "an input is wrong"},
    {"invalid_metadata_format", Next::invalid, "metadata needs event_type and event_payload"},
    {"markdown_text_conflict", Next::invalid, "markdown_text cannot go with text or blocks"},
    {"message_not_found", Next::invalid, "there is no message with this ts in this channel"},
    {"thread_not_found", Next::invalid, "there is no thread with this thread_ts"},
    {"cannot_reply_to_message", Next::invalid, "this kind of message takes no replies"},
    {"cant_update_message", Next::invalid, "the bot can change only its own messages"},
    {"edit_window_closed", Next::invalid, "the workspace no longer lets this message be changed"},
    {"invalid_name", Next::invalid, "there is no such emoji; write its name without colons"},
    {"bad_timestamp", Next::invalid, "the ts is no message's; it looks like 1700000000.000100"},
    {"users_not_found", Next::failed, "nobody in the workspace has this address"},
    {"user_not_found", Next::failed, "there is no such user"},
    {"restricted_action", Next::failed, "the workspace's settings forbid this"},
};

inline Error error_for_word(std::string_view method, std::string_view word,
                            std::optional<std::chrono::milliseconds> after) {
  for (const Word& known : words)
    if (known.word == word)
      return {
          known.next,
          "Slack's " + std::string(method) + " says " + std::string(word) + ": " + std::string(known.advice),
          std::string(word), known.next == Next::retry ? after : std::nullopt};
  return failed("Slack's " + std::string(method) + " says " + std::string(word) +
                    "; see https://docs.slack.dev/reference/methods/" + std::string(method),
                std::string(word));
}

/// Of a Web API answer: HTTP 200 is the usual form of an error too, the truth is in `ok`.
inline void throw_unless_ok(std::string_view method, const Response& reply) {
  if (reply.status() == 429) throw error_for_word(method, "ratelimited", reply.retry_after());
  const auto body = Json::parse(reply.body());
  if (body.ok() && body->is_object() && body->contains("ok")) {
    if (body->at("ok").as_bool()) return;
    Error out = error_for_word(method, body->text("error").empty() ? "unknown_error" : body->text("error"),
                               reply.retry_after());
    if (const std::string needed = body->text("needed"); !needed.empty())
      out.message += " (needed: " + needed + ")";
    for (const Json& said : body->at("response_metadata").at("messages").items())
      out.message += "; " + said.to_text();
    throw out;
  }
  throw_for_status(reply);
  throw retry("Slack's " + std::string(method) +
                  " answered 200, but not with Slack's JSON; something between us and Slack answers",
              {}, "not_json");
}

}  // namespace waggle::slack
