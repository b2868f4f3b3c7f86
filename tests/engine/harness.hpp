// A Waggle in a temporary folder. For the engine's tests.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/engine/engine.hpp"
#include "core/http/client.hpp"
#include "core/http/server.hpp"
#include "core/observe/log.hpp"
#include "core/store/store.hpp"
#include "tests/engine/receiver.hpp"

namespace waggle::engine::test {

class Waggle {
 public:
  Waggle();
  ~Waggle();

  void write(const std::string& file, const std::string& text) const;
  /// Starts on the same folder; again after stop(). In two halves: open(), then listen().
  void start();
  void open();
  void listen();
  void stop();
  /// From here on the folder is as a crash at this moment would have left it; what the running engine still
  /// does is not seen any more. Nothing may be written at this moment. Then stop() and start().
  void crash_now();
  Engine& engine() { return *engine_; }

  /// Posts and waits for the answer. Status 0 when there is none.
  http::OutboundResponse post(const std::string& path, const std::string& body, http::Headers headers = {});
  http::OutboundResponse send(http::OutboundRequest request);

  std::vector<store::Run> runs(std::vector<store::RunState> states = {});
  store::RunDetail run(const std::string& id);
  /// Waits until all runs are in one of the states, and there are so many.
  bool settled(std::size_t count, store::RunState state);

  const std::string& dir() const { return dir_; }
  /// SQL on the stopped engine's store, such as a trigger that lets a write fail.
  void change_store(const std::string& sql) const;
  /// Nothing is committed for so long; what is written meanwhile comes later.
  void hold_store(std::chrono::milliseconds length) const;
  /// The errors that were logged, all lines.
  std::string errors() const;
  std::int64_t clock_offset_ms = 0;             ///< added to the engine's clock from the next start() on
  std::atomic<std::int64_t> clock_jump_ms = 0;  ///< added to it at once

 private:
  std::string dir_;
  std::string data_dir_;
  mutable std::mutex mutex_;
  std::string errors_;  ///< guarded by mutex_
  observe::Log log_;
  std::unique_ptr<http::Loops> loops_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace waggle::engine::test
