// {{name}}: what it connects to, in one line.   API: https://example.com/docs (say when you read it)
#include <waggle/connector.hpp>
#include <waggle/crypto.hpp>

using namespace waggle;

/// Posts one note. Errors name the next action: invalid (change the flow), denied (reconnect), retry (later), failed (final).
static Operation<Json> add_note(Call call) {
  Response reply = co_await http::post(call.setting("base_url").as_string() + "/notes")
                       .bearer(call.secret("token"))
                       .json(Json{{"text", call.input("text")}});
  throw_for_status(reply);
  co_return Json{{"id", reply.json().at("id")}};
}

/// The app calls us at /hooks/<connection>. What it says becomes one event, word for word.
static Received accept_note(const Incoming& incoming) {
  if (!constant_time_equal(incoming.header("x-hook-token"), incoming.secret("hook_token").reveal()))
    throw denied("the X-Hook-Token header is missing or not the one of this connection");
  incoming.json();  // throws when the body is no JSON
  return {.events = {{.trigger = "note_added"}}};
}

/// The same delivery as the app would send it; `waggle send` uses this.
static SampleDelivery sign(const Incoming& payload) {
  return {.headers = {{"content-type", "application/json"}, {"x-hook-token", payload.secret("hook_token").reveal()}},
          .body = payload.body()};
}

Connector waggle::connector() {
  return {.id = "{{name}}",
          .title = "{{title}}",
          .version = "0.1.0",
          .help = "One sentence: what people use it for.",
          .settings = {url("base_url").describe("Where the API is.").fallback("https://example.com/api"),
                       secret("token").describe("Token for the API.").required(),
                       secret("hook_token").describe("What the app sends as X-Hook-Token.")},
          .sample = sign,
          .triggers = {{.id = "note_added",
                        .help = "A note was added.",
                        .accept = accept_note,
                        .payload = {text("text").describe("The note.")},
                        .samples = {"note_added.json"}}},
          .actions = {{.id = "add_note",
                       .help = "Add a note.",
                       .inputs = {text("text").describe("The note.").required().example("Call back on Monday")},
                       .run = add_note,
                       .outputs = {text("id").describe("Id of the new note.")}}}};
}

WAGGLE_PLUGIN_ENTRY();
