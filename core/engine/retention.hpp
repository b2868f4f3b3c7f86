// Keeps the store as waggle.yaml's `retention` says: asks it to delete what is old, again and again, counts
// it and says so in the log. On loop 0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/engine/snapshot.hpp"
#include "core/engine/world.hpp"

namespace waggle::engine {

class Retention {
 public:
  Retention(World& world, std::function<std::shared_ptr<const Snapshot>()> current)
      : world_(world), current_(std::move(current)) {}
  /// Once, when the engine begins to run.
  void start();

 private:
  void sweep();
  void swept(const Result<store::Swept>& swept);
  void tell();

  World& world_;
  std::function<std::shared_ptr<const Snapshot>()> current_;
  store::Swept since_told_;
  std::int64_t told_ms_ = 0;
};

/// Counts what a sweep deleted.
void count_swept(observe::Metrics& metrics, const store::Swept& swept);

}  // namespace waggle::engine
