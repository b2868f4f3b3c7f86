// What every part of the engine shares: the store, the loops, the clock, who is active, what is broken. Made
// once by Engine, outlives all else; the parts say themselves which thread they want.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/engine/active_runs.hpp"
#include "core/engine/connection_health.hpp"
#include "core/engine/destinations.hpp"
#include "core/http/loops.hpp"
#include "core/observe/log.hpp"
#include "core/observe/metrics.hpp"
#include "core/secrets/redactor.hpp"
#include "core/store/store.hpp"

namespace waggle::engine {

struct World {
  store::Store& store;
  http::Loops& loops;
  observe::Log& log;
  observe::Metrics& metrics;
  std::function<std::int64_t()> now_ms;               ///< Unix ms, UTC
  std::function<std::string(std::string_view)> mask;  ///< known secret values replaced; any thread
  std::function<std::shared_ptr<const secrets::Redactor>()> redactor;  ///< what mask() masks by; any thread
  std::function<void()> kick_backlog;                                  ///< rows may be waiting; any thread
  std::function<void(std::int64_t due_ms)>
      wake_at;  ///< a run went to sleep in the store until then; any thread
  std::function<void(std::string run_id)> go_on_with;  ///< its row is queued again; any thread
  ActiveRuns active = {};
  ConnectionHealth health = {};
  Destinations destinations{log, metrics};
  std::int64_t started_ms = 0;              ///< Unix ms
  std::atomic<bool> recovering = false;     ///< after a crash, until what it left has been read once
  std::atomic<bool> stopping = false;       ///< no new effect begins
  std::atomic<bool> take_directly = false;  ///< false: rows are waiting, so new runs queue up behind them
  std::atomic<std::int64_t> calls_under_way = 0;
};

}  // namespace waggle::engine
