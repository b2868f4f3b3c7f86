// The end of a run of the engine: calls under way may come back until the deadline, what came back is on
// disk, and what did not is noted. On the main thread.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "core/engine/runner.hpp"

namespace waggle::engine {

/// `world.stopping` is set, so nothing new begins. Blocks until the deadline at most, and shortly beyond it
/// for the commits of what is known then.
void drain(World& world, std::vector<std::unique_ptr<Runner>>& runners,
           std::chrono::steady_clock::time_point deadline);

}  // namespace waggle::engine
