#include <waggle/json.hpp>

#include "core/api/routes.hpp"
#include "core/engine/request_words.hpp"

namespace waggle::api {

void start_flow(Call call) {
  const std::string& body = call.request.body;
  if (const auto payload = Json::parse(body); !payload.ok())
    return call.respond(
        engine::problem(400, "not_json", "the event is not JSON: " + payload.error().message));
  call.engine.start_flow(call.loop, call.name, body, std::move(call.respond));
}

}  // namespace waggle::api
