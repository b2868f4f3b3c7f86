// Slack: posts and changes messages, hears events, slash commands and buttons. API:
// https://docs.slack.dev/reference/methods (read 2026-11)
#include <waggle/connector.hpp>
#include <waggle/crypto.hpp>

#include "errors.hpp"
#include "receive.hpp"

using namespace waggle;
using namespace waggle::slack;

namespace {

constexpr const char* usual_api = "https://slack.com";

std::string base_of(const Call& call) {
  std::string base = call.setting("api_url").to_text();
  if (base.empty()) base = usual_api;
  while (base.ends_with('/')) base.pop_back();
  return base;
}

/// Calls a method of the Web API with these arguments; nulls are left out.
Operation<Json> call_method(Call call, std::string method, Json arguments) {
  auto& members = arguments.members();
  members.erase(std::remove_if(members.begin(), members.end(),
                               [](const auto& member) { return member.second.is_null(); }),
                members.end());
  // Without the charset Slack warns about each call.
  auto request = http::post(base_of(call) + "/api/" + method);
  request.bearer(call.secret("bot_token")).body(arguments.dump(), "application/json; charset=utf-8");
  Response reply = co_await request;
  throw_unless_ok(method, reply);
  co_return reply.json();
}

/// mrkdwn gives & < > a meaning (links, and mentions like <!channel>); escaped, text from outside is only
/// text.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

/// The inputs of these names that are given.
Json chosen(const Call& call, std::initializer_list<const char*> names) {
  Json out = Json::object();
  for (const char* name : names)
    if (!call.input(name).is_null()) out.set(name, call.input(name));
  return out;
}

Json message_of(const Call& call, std::initializer_list<const char*> names) {
  Json out = chosen(call, names);
  if (call.input("escape").as_bool() && out.contains("text")) out.set("text", escaped(out.text("text")));
  if (out.text("text").empty() && out.at("blocks").size() == 0 && out.at("attachments").size() == 0)
    throw invalid("the message is empty; give it text or blocks", "no_text");
  return out;
}

Json post_arguments(const Call& call) {
  return message_of(
      call, {"channel", "text", "blocks", "attachments", "thread_ts", "reply_broadcast", "unfurl_links",
             "unfurl_media", "mrkdwn", "username", "icon_emoji", "icon_url", "metadata"});
}

/// Slack answers HTTP 200 even for failures; the truth is in `ok`.
/// Source: https://docs.slack.dev/reference/methods/chat.postMessage (read 2026-11)
Operation<Json> post_message(Call call) {
  Json reply = co_await call_method(call, "chat.postMessage", post_arguments(call));
  Json out = Json::object();
  out.set("channel", reply.at("channel"));
  out.set("ts", reply.at("ts"));
  out.set("message", reply.at("message"));
  co_return out;
}

Json update_arguments(const Call& call) {
  return message_of(call, {"channel", "ts", "text", "blocks", "attachments", "metadata"});
}

Operation<Json> update_message(Call call) {
  Json reply = co_await call_method(call, "chat.update", update_arguments(call));
  Json out = Json::object();
  out.set("channel", reply.at("channel"));
  out.set("ts", reply.at("ts"));
  co_return out;
}

Json reaction_arguments(const Call& call) {
  std::string name = call.input("name").to_text();
  while (name.starts_with(':')) name.erase(0, 1);
  while (name.ends_with(':')) name.pop_back();
  return {{"channel", call.input("channel")}, {"timestamp", call.input("ts")}, {"name", name}};
}

Operation<Json> add_reaction(Call call) {
  bool had = false;
  try {
    co_await call_method(call, "reactions.add", reaction_arguments(call));
  } catch (const Error& error) {
    if (error.code != "already_reacted") throw;  // an earlier attempt of this step did it
    had = true;
  }
  Json out = Json::object();
  out.set("added", !had);
  co_return out;
}

Operation<Json> lookup_user_by_email(Call call) {
  // One of the methods that take no JSON.
  auto request = http::get(base_of(call) + "/api/users.lookupByEmail");
  request.query("email", call.input("email")).bearer(call.secret("bot_token"));
  Response reply = co_await request;
  throw_unless_ok("users.lookupByEmail", reply);
  co_return reply.json().at("user");
}

Json webhook_message(const Call& call) {
  return message_of(call, {"text", "blocks", "attachments", "thread_ts", "unfurl_links", "unfurl_media"});
}

/// An incoming webhook answers text: `ok`, or a word. Its address is a secret, so no message of ours holds
/// it.
Operation<Json> post_to_webhook(Call call) {
  auto request = http::post(call.secret("webhook_url").reveal());
  request.body(webhook_message(call).dump(), "application/json; charset=utf-8");
  Response reply = co_await request;
  if (!reply.ok()) {
    std::string word = reply.body().substr(0, reply.body().find_first_of(" \r\n<"));
    if (reply.status() == 429) word = "ratelimited";
    if (reply.status() == 410) word = "no_service";
    if (reply.status() >= 500) word = "service_unavailable";
    if (word.empty() || word.size() > 40) word = "http_" + std::to_string(reply.status());
    throw error_for_word("incoming webhook", word, reply.retry_after());
  }
  Json out = Json::object();
  out.set("posted", true);
  co_return out;
}

/// Tells a bad token (denied) from a dead network (the host's retry).
Operation<std::string> check(Call call) {
  Json reply = co_await call_method(call, "auth.test", Json::object());
  co_return reply.text("team") + " / " + reply.text("user");
}

std::vector<Trigger> triggers() {
  const auto one = [](const char* id, const char* help, std::vector<Field> payload) {
    return Trigger{
        .id = id, .help = help, .payload = std::move(payload), .samples = {std::string(id) + ".json"}};
  };
  const std::vector<Field> message{text("text").describe("What was written, in mrkdwn."),
                                   text("user").describe("Who wrote it, like U061F7AUR."),
                                   text("channel").describe("Where, like C024BE91L."),
                                   text("ts").describe("The message's id in its channel."),
                                   text("thread_ts").describe("The id of the thread's first message."),
                                   text("team_id"),
                                   text("event_id")};
  const std::vector<Field> reaction{text("reaction").describe("The emoji's name without colons."),
                                    text("user"), text("item.channel"), text("item.ts"), text("event_id")};
  const std::vector<Field> member{text("user"), text("channel"), text("inviter"), text("event_id")};
  return {
      one("message", "A message was posted where the app is.", message),
      one("message_changed",
          "A message was changed; the new one is in `message`, the old one in `previous_message`.",
          {text("channel"), text("message.text"), text("message.ts"), text("previous_message.text")}),
      one("message_deleted", "A message was deleted.",
          {text("channel"), text("deleted_ts"), text("previous_message.text")}),
      one("app_mention", "Somebody wrote to the app by its @name.", message),
      one("reaction_added", "Somebody reacted to a message.", reaction),
      one("reaction_removed", "Somebody took a reaction back.", reaction),
      one("member_joined_channel", "Somebody joined a channel where the app is.", member),
      one("member_left_channel", "Somebody left a channel where the app is.", member),
      one("channel_created", "A channel was made.",
          {text("channel.id"), text("channel.name"), text("channel.creator")}),
      one("team_join", "A new member came to the workspace.",
          {text("user.id"), text("user.name"), text("user.profile.email")}),
      one("file_shared", "A file was shared.", {text("file_id"), text("channel_id"), text("user_id")}),
      one("app_home_opened", "Somebody opened the app's home.", {text("user"), text("channel"), text("tab")}),
      one("event", "Any other event that the app is subscribed to; `type` tells which.",
          {text("type"), text("subtype")}),
      one("slash_command", "Somebody typed a command of the app, like /order 15.",
          {text("command").describe("Like /order."), text("text").describe("What follows it."),
           text("user_id"), text("user_name"), text("channel_id"),
           text("response_url").describe("Answers may be posted here for half an hour."),
           text("trigger_id")}),
      one("interaction", "Somebody pressed a button, chose, or sent a form; `type` tells which.",
          {text("type").describe(
               "block_actions, view_submission, view_closed, shortcut, message_action, block_suggestion."),
           text("user.id"), text("actions[].action_id"), text("actions[].value"), text("response_url"),
           text("trigger_id")}),
      one("app_rate_limited", "Slack held events back, since there were more than 30000 in an hour.",
          {text("team_id"), integer("minute_rate_limited")}),
  };
}

std::vector<Field> message_fields() {
  return {
      text("text")
          .describe(
              "The message in mrkdwn; with blocks it is what notifications show. At most 40000 characters.")
          .example("New order #15"),
      list("blocks", object("", {})).describe("Block Kit, at most 50 blocks."),
      list("attachments", object("", {})).describe("Old-style attachments."),
      boolean("escape")
          .describe("Whether & < > in text are only text: no links, and nobody can mention @channel with it.")
          .fallback(false),
      text("thread_ts").describe("Answers in the thread of this message."),
      boolean("unfurl_links").describe("Whether links show a preview."),
      boolean("unfurl_media").describe("Whether links to pictures show them.")};
}

std::vector<Action> actions() {
  using enum Idempotency;
  const auto channel =
      text("channel")
          .describe("Channel id, like C024BE91L, or a name like #orders; a user's id for a direct message.")
          .required();
  auto post = message_fields();
  post.insert(post.begin(), Field(Field(channel)));
  for (Field more :
       {Field(boolean("reply_broadcast").describe("With thread_ts: also shows the answer in the channel.")),
        Field(boolean("mrkdwn").describe("false shows the text as it is.")),
        Field(text("username").describe("A name other than the app's.")),
        Field(text("icon_emoji").describe("Like :bee:.")),
        Field(url("icon_url").describe("A picture's address.")),
        Field(object("metadata").describe("event_type and event_payload, for other apps."))})
    post.push_back(std::move(more));
  const Field ts = text("ts")
                       .describe("The message's id, from post_message or an event.")
                       .required()
                       .example("1700000000.000100");
  return {
      {.id = "post_message",
       .help = "Post a message to a channel.",
       .inputs = post,
       .run = post_message,
       .outputs = {text("channel").describe("The channel's id."), text("ts").describe("The message's id."),
                   object("message")},
       .idempotency = unset,
       .samples = {"post_message.json"}},
      {.id = "post_to_webhook",
       .help = "Post a message with the connection's incoming webhook; its channel is fixed.",
       .inputs = message_fields(),
       .run = post_to_webhook,
       .outputs = {boolean("posted")},
       .idempotency = unset,
       .samples = {"post_to_webhook.json"}},
      {.id = "update_message",
       .help = "Change a message that the app posted.",
       .inputs = {channel, ts, message_fields()[0], message_fields()[1], message_fields()[2],
                  message_fields()[3]},
       .run = update_message,
       .outputs = {text("channel"), text("ts")},
       .idempotency = native,
       .samples = {"update_message.json"}},
      {.id = "add_reaction",
       .help = "React to a message.",
       .inputs = {channel, ts,
                  text("name").describe("The emoji's name.").required().example("white_check_mark")},
       .run = add_reaction,
       .outputs = {boolean("added").describe("false when it was there already.")},
       .idempotency = native,
       .samples = {"add_reaction.json"}},
      {.id = "lookup_user_by_email",
       .help = "Find a member by the address for mail.",
       .inputs = {text("email").describe("The address.").required()},
       .run = lookup_user_by_email,
       .outputs = {text("id"), text("name"), text("real_name")},
       .idempotency = read,
       .samples = {"lookup_user_by_email.json"}},
  };
}

}  // namespace

Connector waggle::connector() {
  return {.id = "slack",
          .title = "Slack",
          .version = "0.1.0",
          .help =
              "Make an app at https://api.slack.com/apps, install it, and put this connection's address "
              "under Event Subscriptions, "
              "Interactivity and Slash Commands.",
          .settings =
              {secret("bot_token")
                   .describe("Bot token, from OAuth & Permissions; begins with xoxb-. Needed for actions."),
               secret("signing_secret")
                   .describe("From Basic Information > App Credentials. Needed to hear from Slack."),
               secret("old_signing_secret").describe("The one before, while the secret is being replaced."),
               secret("webhook_url")
                   .describe("Address of an incoming webhook, for post_to_webhook; begins with "
                             "https://hooks.slack.com/."),
               choice("bot_messages", {"ignore", "ignore_own", "accept"})
                   .describe("Messages of bots: ignore all, only those of this app, or none. A flow that "
                             "answers its own messages never ends.")
                   .fallback("ignore"),
               url("api_url").describe("Where Slack is; something else only for tests.").fallback(usual_api)},
          .check = check,
          .receive = receive,
          .sample = make_sample,
          .triggers = triggers(),
          .actions = actions()};
}
WAGGLE_PLUGIN_ENTRY();
