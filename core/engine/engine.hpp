// The engine: a project folder brought to life. Opens the store, loads plugins and flows, listens, runs,
// reloads what changes, and shuts down without losing anything. Made and stopped on the main thread; the rest
// from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <waggle/result.hpp>

#include "core/engine/snapshot.hpp"
#include "core/engine/world.hpp"
#include "core/http/server.hpp"
#include "core/observe/log.hpp"
#include "core/store/store.hpp"

namespace waggle::engine {

struct EngineOptions {
  std::string project_dir;
  std::string bundled_plugins;         ///< folder of the connectors that came with the program
  std::optional<std::string> address;  ///< instead of waggle.yaml's, as the next two
  std::optional<std::uint16_t> port;
  std::optional<std::string> data_dir;
  std::function<std::int64_t()> now_ms;  ///< Unix ms; default: the system's clock
};

class Engine {
 public:
  /// Loads the project and opens the store; nothing listens and nothing runs yet. The log's level is what
  /// waggle.yaml says, now and after each change. Errors: invalid (what to mend), failed.
  static Result<std::unique_ptr<Engine>> open(EngineOptions options, observe::Log& log);
  ~Engine();

  /// Starts the front door and the runs. `inner` answers the paths that are Waggle's own (`inner_path`): from
  /// before this returns, and until stop() has; what it needs must be its own, or outlive the engine.
  /// Errors: invalid (port taken).
  Result<void> listen(http::Handler inner);
  /// No new deliveries; calls under way may finish until the deadline; everything is on disk afterwards.
  void stop();

  const std::string& address() const;
  std::uint16_t port() const;
  std::shared_ptr<const Snapshot> snapshot() const;
  std::string data_dir() const;
  World& world();

  /// Reads the project again and swaps it in. Called by the folder watch; also after a connection was mended
  /// by hand.
  void reload();

  /// Sends a failed or parked run on its way again. Result: false when there is no such run or it is neither.
  void retry_run(std::string run_id, store::Done<bool> done);
  /// Gives up a parked or held run. Result: false when there is no such run or it is neither.
  void discard_run(std::string run_id, std::string reason, store::Done<bool> done);
  void mend_connection(std::string name, store::Done<std::int64_t> done);
  /// Starts a `manual` flow; answers as a webhook would.
  void start_flow(std::size_t loop, std::string flow, std::string payload, http::Respond respond);
  /// From the end of listen() to the beginning of stop(), while the store takes what comes.
  bool ready() const;

 private:
  struct Parts;
  explicit Engine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// How the process ends when the disk does not confirm what was written, or the database is damaged: EX_IOERR
/// of sysexits.h.
inline constexpr int exit_store_failed = 74;

/// `/healthz`, `/readyz`, `/metrics` and everything under `/api/`.
bool inner_path(std::string_view path);

}  // namespace waggle::engine
