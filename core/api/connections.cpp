#include <waggle/json.hpp>

#include "core/api/routes.hpp"
#include "core/engine/request_words.hpp"

namespace waggle::api {

void mend_connection(Call call) {
  call.engine.mend_connection(
      call.name, [respond = std::move(call.respond), name = call.name](Result<std::int64_t> queued) {
        if (!queued.ok()) return respond(engine::try_again(queued.error().message));
        respond(http::Reply::json(200, Json{{"connection", name}, {"runs", *queued}}.dump()));
      });
}

}  // namespace waggle::api
