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

/// Body: {"reason"?}
void discard_run(Call call) {
  const auto body = Json::parse(call.request.body);
  std::string reason = body.ok() ? body->text("reason") : "";
  if (reason.empty()) reason = "discarded by hand";
  call.engine.discard_run(
      call.name, std::move(reason), [respond = std::move(call.respond), id = call.name](Result<bool> gone) {
        if (!gone.ok()) return respond(engine::try_again(gone.error().message));
        if (!*gone)
          return respond(engine::problem(409, "not_discardable",
                                         "run " + id + " does not exist, or is neither parked nor held"));
        respond(http::Reply::json(200, Json{{"run", id}, {"state", "stopped"}}.dump()));
      });
}

}  // namespace waggle::api
