// A connector that is dropped into a running engine's folder, and then replaced by its second version.
#include <waggle/connector.hpp>

using namespace waggle;

static Operation<Json> answer(Call) { co_return Json{{"version", DROPPED_VERSION}}; }

Connector waggle::connector() {
  return {.id = "dropped",
          .title = "Dropped",
          .version = DROPPED_VERSION,
          .actions = {{.id = "answer", .help = "its version", .run = answer}}};
}

WAGGLE_PLUGIN_ENTRY();
