#include <waggle/json.hpp>

#include "core/api/routes.hpp"
#include "core/engine/request_words.hpp"

namespace waggle::api {

void retry_run(Call call) {
  call.engine.retry_run(call.name, [respond = std::move(call.respond), id = call.name](Result<bool> queued) {
    if (!queued.ok()) return respond(engine::try_again(queued.error().message));
    if (!*queued)
      return respond(engine::problem(409, "not_retryable",
                                     "run " + id + " does not exist, or is neither failed nor parked"));
    respond(http::Reply::json(202, Json{{"run", id}, {"state", "queued"}}.dump()));
  });
}

}  // namespace waggle::api
