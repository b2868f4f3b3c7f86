#include "core/engine/runner.hpp"

#include <algorithm>

namespace waggle::engine {

Runner::Runner(World& world, http::Loop& loop)
    : world_(world), loop_(loop), tally_(world.metrics), client_(loop) {}

void Runner::take(RunStart start) {
  std::string id = start.row.id;
  auto run = std::make_shared<ActiveRun>(*this, snapshot_, std::move(start));
  runs_.emplace(std::move(id), run);
  run->go();
}

void Runner::post_take(RunStart start) {
  auto shared = std::make_shared<RunStart>(std::move(start));
  loop_.post([this, shared] { take(std::move(*shared)); });
}

bool Runner::unwritten() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const auto& entry) { return entry.second->unwritten(); });
}

void Runner::cut_off() {
  for (auto& [id, run] : runs_) run->cut_off();
}

void Runner::erase(const std::string& run_id) { runs_.erase(run_id); }

void Runner::ended(const store::Run& row) {
  const std::string_view state = store::to_string(row.state);
  tally_.run(row.flow, state);
  if (row.error)
    world_.log.warning(
        "run " + std::string(state),
        {{"run", row.id}, {"flow", row.flow}, {"subject", row.subject}, {"error", row.error->message}});
}

}  // namespace waggle::engine
