// Looking after the store while the server runs: backups, and deleting what is old.
#include <waggle/json.hpp>

#include "core/api/routes.hpp"
#include "core/engine/request_words.hpp"
#include "core/engine/retention.hpp"

namespace waggle::api {
namespace {

http::Reply refusal(const Error& error) {
  if (error.next == Next::retry) return engine::try_again(error.message);
  return engine::problem(error.next == Next::invalid ? 400 : 500, error.code, error.message);
}

}  // namespace

void backup(Call call) {
  const auto body = Json::parse(call.request.body);
  const std::string file = body.ok() ? body->text("file") : "";
  if (!file.starts_with('/'))
    return call.respond(engine::problem(
        400, "backup_file", R"(name the new file: {"file": "/an/absolute/path"}; the server writes it)"));
  call.engine.world().store.backup(file, [respond = std::move(call.respond)](Result<store::BackedUp> done) {
    if (!done.ok()) return respond(refusal(done.error()));
    respond(http::Reply::json(200, Json{{"file", done->file}, {"bytes", done->bytes}}.dump()));
  });
}

void prune(Call call) {
  const auto body = Json::parse(call.request.body);
  const std::int64_t before_ms = body.ok() ? body->at("before_ms").as_int(0) : 0;
  if (before_ms <= 0)
    return call.respond(
        engine::problem(400, "before_ms", R"(say before when: {"before_ms": 1795000000000})"));
  engine::World& world = call.engine.world();
  store::Keep keep;
  keep.now_ms = world.now_ms();
  keep.since_ms = before_ms;
  keep.thorough = true;
  world.store.sweep(keep, [respond = std::move(call.respond), &world](Result<store::Swept> swept) {
    if (!swept.ok()) return respond(refusal(swept.error()));
    engine::count_swept(world.metrics, *swept);
    respond(http::Reply::json(200, Json{{"events", swept->events},
                                        {"runs", swept->runs},
                                        {"freed_bytes", swept->freed_bytes},
                                        {"database_bytes", swept->database_bytes}}
                                       .dump()));
  });
}

}  // namespace waggle::api
