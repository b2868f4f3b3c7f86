#include "core/api/routes.hpp"
#include "core/engine/request_words.hpp"

namespace waggle::api {

void health(Call call) { call.respond(http::Reply::text(200, "ok\n")); }

void ready(Call call) {
  if (call.engine.ready()) return call.respond(http::Reply::text(200, "ready\n"));
  call.respond(engine::try_again("not ready yet"));
}

void metrics(Call call) {
  engine::World& world = call.engine.world();
  world.metrics.runs_in_memory().set(static_cast<double>(world.active.size()));
  const store::Store::Stats stats = world.store.stats();
  world.metrics.store_queued_bytes().set(static_cast<double>(stats.queued_bytes));
  world.metrics.store_bytes("log").set(static_cast<double>(stats.wal_bytes));
  world.metrics.store_bytes("disk_free").set(static_cast<double>(stats.disk_free_bytes));
  http::Reply reply{
      200, {{"content-type", std::string(observe::Metrics::content_type)}}, world.metrics.text()};
  call.respond(std::move(reply));
}

}  // namespace waggle::api
