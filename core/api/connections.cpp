#include <algorithm>

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

/// Every destination that was called, and every connection that is broken: whether it may be called now.
void list_connections(Call call) {
  engine::World& world = call.engine.world();
  auto broken = world.health.all();
  const std::int64_t now_ms = engine::steady_ms();
  Json list = Json::array();
  for (const auto& destination : world.destinations.all()) {
    const engine::Destination::Status status = destination->status();
    Json one{
        {"name", destination->name()}, {"calls_at_work", status.at_work}, {"calls_in_line", status.in_line}};
    const auto why = broken.find(destination->name());
    const bool open = status.state != engine::Breaker::State::closed;
    one.set("state", why != broken.end() ? "broken" : open ? "left_alone" : "well");
    if (why != broken.end()) {
      one.set("why", why->second);
      broken.erase(why);
    } else if (open) {
      one.set("why", status.why);
      one.set("next_try_in_ms", std::max<std::int64_t>(0, status.opens_again_ms - now_ms));
    }
    list.push(std::move(one));
  }
  for (const auto& [name, reason] : broken)
    list.push(Json{{"name", name}, {"state", "broken"}, {"why", reason}});
  call.respond(http::Reply::json(200, Json{{"connections", std::move(list)}}.dump()));
}

}  // namespace waggle::api
