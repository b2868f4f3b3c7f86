// A plugin as somebody else writes it: outside Waggle's tree, against the installed SDK, perhaps with another
// compiler.
#include <waggle/connector.hpp>
#include <waggle/crypto.hpp>

using namespace waggle;

static Operation<Json> greet(Call call) {
  Response reply = co_await http::post("https://greeter.test/greetings")
                       .json({{"to", call.input("name")}, {"version", GREETER_VERSION}});
  throw_for_status(reply);
  co_return Json{{"said", reply.json().at("text")},
                 {"version", GREETER_VERSION},
                 {"digest", to_hex(sha256("abc")).substr(0, 8)}};
}

Connector waggle::connector() {
  return {.id = "greeter",
          .title = "Greeter",
          .version = GREETER_VERSION,
          .actions = {{"greet", "Greets somebody.", {text("name").describe("Whom.").required()}, greet}}};
}

WAGGLE_PLUGIN_ENTRY();
