#include "core/engine/retention.hpp"

namespace waggle::engine {
namespace {

/// Between two sweeps. One that finds nothing to do costs some microseconds; under full load a limit of size
/// must be looked after every few seconds.
constexpr std::chrono::seconds sweep_pause{5};

/// One line in the log at most this often, over all sweeps meanwhile.
constexpr std::int64_t tell_every_ms = 60'000;

}  // namespace

void Retention::start() {
  world_.loops.at(0).post([this] { sweep(); });
}

void Retention::sweep() {
  if (world_.stopping) return;
  const project::Settings& settings = current_()->project().settings;
  store::Keep keep;
  keep.now_ms = world_.now_ms();
  keep.since_ms = settings.keep_events.count() > 0 ? keep.now_ms - settings.keep_events.count() : 0;
  keep.max_bytes = settings.max_stored_bytes;
  world_.store.sweep(keep, [this](Result<store::Swept> result) {
    world_.loops.at(0).post([this, result = std::move(result)] {
      swept(result);
      world_.loops.at(0).after(sweep_pause, [this] { sweep(); });
    });
  });
}

void Retention::swept(const Result<store::Swept>& result) {
  if (world_.stopping) return;
  if (!result.ok()) return world_.log.error("old data could not be deleted; trying again", result.error());
  count_swept(world_.metrics, *result);
  since_told_.events += result->events;
  since_told_.runs += result->runs;
  since_told_.keys += result->keys;
  since_told_.flow_versions += result->flow_versions;
  since_told_.freed_bytes += result->freed_bytes;
  since_told_.database_bytes = result->database_bytes;
  if (since_told_.anything() && world_.now_ms() - told_ms_ >= tell_every_ms) tell();
}

void Retention::tell() {
  world_.log.info("old data deleted", {{"events", since_told_.events},
                                       {"runs", since_told_.runs},
                                       {"dedupe_keys", since_told_.keys},
                                       {"flow_versions", since_told_.flow_versions},
                                       {"freed_bytes", since_told_.freed_bytes},
                                       {"database_bytes", since_told_.database_bytes}});
  since_told_ = {};
  told_ms_ = world_.now_ms();
}

void count_swept(observe::Metrics& metrics, const store::Swept& swept) {
  metrics.deleted("events").add(static_cast<double>(swept.events));
  metrics.deleted("runs").add(static_cast<double>(swept.runs));
  metrics.deleted("dedupe_keys").add(static_cast<double>(swept.keys));
  metrics.deleted("flow_versions").add(static_cast<double>(swept.flow_versions));
  metrics.store_bytes("database").set(static_cast<double>(swept.database_bytes));
  metrics.store_bytes("used").set(static_cast<double>(swept.used_bytes));
}

}  // namespace waggle::engine
