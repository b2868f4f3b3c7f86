#include "core/engine/shutdown.hpp"

#include <algorithm>
#include <future>
#include <thread>

namespace waggle::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{5};
/// For commits after the deadline: some fsyncs. A disk that takes longer loses nothing either: what is not
/// recorded is done again.
constexpr std::chrono::seconds for_last_commits{2};

/// Asks every loop, on its own thread.
bool any(std::vector<std::unique_ptr<Runner>>& runners, bool (*ask)(Runner&)) {
  bool found = false;
  for (auto& runner : runners) {
    std::promise<bool> answer;
    runner->loop().post([&] { answer.set_value(ask(*runner)); });
    found = answer.get_future().get() || found;
  }
  return found;
}

void wait_until_written(std::vector<std::unique_ptr<Runner>>& runners, Clock::time_point ends) {
  while (any(runners, [](Runner& runner) { return runner.unwritten(); }) && Clock::now() < ends)
    std::this_thread::sleep_for(between_looks);
}

}  // namespace

void drain(World& world, std::vector<std::unique_ptr<Runner>>& runners, Clock::time_point deadline) {
  while (world.calls_under_way > 0 && Clock::now() < deadline) std::this_thread::sleep_for(between_looks);
  // The last calls may have ended a moment ago: their outcomes are on their way to the store.
  wait_until_written(runners, std::max(deadline, Clock::now() + for_last_commits));
  if (world.calls_under_way == 0) return;
  world.log.warning("calls are cut off by the end of the shutdown's time; the next start knows which",
                    {{"calls", world.calls_under_way.load()}});
  any(runners, [](Runner& runner) {
    runner.cut_off();
    return false;
  });
  wait_until_written(runners, Clock::now() + for_last_commits);
}

}  // namespace waggle::engine
