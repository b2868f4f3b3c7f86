// A connector for the engine's tests: an event at a path, an event at a hook, a call that is answered by the
// test's own server.
#include <stdexcept>

#include <waggle/connector.hpp>
#include <waggle/crypto.hpp>

using namespace waggle;

namespace {

/// The body is the event, which the host checks; the header x-key names repeats. By x-mistake the connector
/// shows one of its own.
Received accept_event(const Incoming& request) {
  const std::string mistake = request.header("x-mistake");
  if (mistake == "throws") throw std::runtime_error("out of range");
  if (mistake == "status") return {.status = 7};
  if (mistake == "trigger") return {.events = {Event{.trigger = "no_such_trigger"}}};
  Event event{.trigger = request.trigger().empty() ? "pinged" : request.trigger()};
  event.dedupe_key = request.header("x-key");
  event.delivery_id = request.header("x-delivery");
  return {.status = 202, .body = "stored\n", .events = {event}};
}

Received accept_hook(const Incoming& request) {
  if (request.header("x-quiet") == "1") throw Refusal{401, denied("not a word"), true};
  if (!constant_time_equal(request.secret("token").reveal(), request.header("x-token")))
    throw denied("x-token is not the connection's token");
  return accept_event(request);
}

Operation<Json> call(Call call) {
  std::string url = call.input("url").to_text();
  if (url.empty()) url = call.setting("url").to_text();
  auto request = http::post(url);
  request.header("x-idempotency-key", call.idempotency_key())
      .header("x-attempt", std::to_string(call.attempt()));
  if (call.has("token")) request.header("x-token", call.secret("token"));
  Response reply = co_await request.json(call.input("body"));
  throw_for_status(reply);
  co_return Json{{"status", reply.status()}, {"answer", reply.body()}};
}

Operation<Json> block(Call call) {
  co_await blocking();
  co_return Json{{"echo", call.input("body")}};
}

Operation<Json> nap(Call) {
  co_await sleep(std::chrono::milliseconds(20));
  co_return Json{{"slept", true}};
}

}  // namespace

Connector waggle::connector() {
  const std::vector<Field> path_settings = {text("path").required(), list("methods", text("")),
                                            choice("reply", {"now", "after_run"}).fallback("now")};
  return {.id = "probe",
          .title = "Probe",
          .version = "1.0.0",
          .settings = {url("url").describe("where `call` goes"),
                       secret("token").describe("what deliveries carry")},
          .connection_optional = true,
          .receive = accept_hook,
          .triggers = {{.id = "default",
                        .help = "at a path",
                        .accept = accept_event,
                        .delivery = Delivery::path,
                        .settings = path_settings},
                       {.id = "pinged", .help = "at the hook"}},
          .actions = {
              {.id = "call", .help = "posts body to url", .inputs = {url("url"), any("body")}, .run = call},
              {.id = "keyed",
               .help = "the same; the app understands the key",
               .inputs = {url("url"), any("body")},
               .run = call,
               .idempotency = Idempotency::native},
              {.id = "block", .help = "on the blocking pool", .inputs = {any("body")}, .run = block},
              {.id = "nap", .help = "sleeps a little", .run = nap}}};
}

WAGGLE_PLUGIN_ENTRY();
