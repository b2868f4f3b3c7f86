// The runs of one event loop, with the loop's HTTP client. All methods on that loop, except `post_take`.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <unordered_map>

#include "core/engine/active_run.hpp"
#include "core/engine/tally.hpp"
#include "core/engine/world.hpp"
#include "core/http/client.hpp"

namespace waggle::engine {

class Runner {
 public:
  Runner(World& world, http::Loop& loop);

  World& world() { return world_; }
  http::Loop& loop() { return loop_; }
  Tally& tally() { return tally_; }
  Hands hands() { return {loop_, world_.loops, client_, world_.redactor}; }

  void use(std::shared_ptr<const Snapshot> snapshot) { snapshot_ = std::move(snapshot); }
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

  /// Takes a run that ActiveRuns has already been told of.
  void take(RunStart start);
  /// The same from any thread.
  void post_take(RunStart start);
  void erase(const std::string& run_id);
  /// Whether a run holds what is not on disk yet.
  bool unwritten() const;
  /// Notes the calls under way as cut off.
  void cut_off();
  /// Counts and logs a run that is over or parked; `row` as stored.
  void ended(const store::Run& row);
  double random() { return std::uniform_real_distribution<double>()(random_); }

 private:
  World& world_;
  http::Loop& loop_;
  Tally tally_;  // before the client: what it cuts off at its end is still counted
  http::Client client_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::unordered_map<std::string, std::shared_ptr<ActiveRun>> runs_;
  std::minstd_rand random_{std::random_device{}()};  ///< spreads retries; nothing that a replay would see
};

}  // namespace waggle::engine
