// The part of ActiveRun that waits for an app: its circuit breaker, its calls at once, its calls per time.
// What waits here uses up no tries.
#include <algorithm>
#include <utility>

#include "core/engine/active_run.hpp"
#include "core/engine/runner.hpp"

namespace waggle::engine {

std::string ActiveRun::destination_name(const flows::Effect& effect) const {
  return effect.connection.empty() ? destination_of_url(effect.connector, effect.input) : effect.connection;
}

DestinationLimits ActiveRun::limits_of(const flows::Effect& effect) const {
  const project::Project& project = snapshot_->project();
  DestinationLimits limits;
  const std::size_t held = std::max<std::size_t>(1, world_.active.held(row_.id));
  const std::size_t most =
      std::min<std::size_t>(project.settings.max_runs_in_memory, project.settings.run_memory_bytes / held);
  limits.at_once = std::clamp(most / memory_share, least_at_once, default_at_once);
  limits.line = std::min(most / line_share, default_at_once);
  limits.moving_line = most / moving_line_share;
  if (const auto found = project.connections.find(effect.connection); found != project.connections.end()) {
    if (found->second.at_once > 0) limits.at_once = found->second.at_once;
    limits.rate = found->second.limit;
  }
  return limits;
}

/// The ticket when the call may begin; otherwise sees to it that it is tried again.
std::shared_ptr<Ticket> ActiveRun::may_call(Open& open) {
  if (open.ticket) return std::exchange(open.ticket, {});
  if (open.in_line) return {};
  const auto destination = world_.destinations.of(destination_name(open.effect));
  auto called = [self = shared_from_this(), key = open.effect.key](std::shared_ptr<Ticket> ticket) {
    self->runner_.loop().post([self, key, ticket = std::move(ticket)] { self->called(key, ticket); });
  };
  auto answer = destination->ask(limits_of(open.effect), steady_ms(), std::move(called));
  if (answer.ticket) return std::move(answer.ticket);
  if (answer.wait_ms == 0)
    open.in_line = true;
  else
    hold_back(open, *destination, answer);
  return {};
}

/// Its turn in line. A run that is gone lets go of the ticket, and the next one is called.
void ActiveRun::called(const std::string& key, const std::shared_ptr<Ticket>& ticket) {
  const auto found = open_.find(key);
  if (found == open_.end() || left_) return;
  found->second.in_line = false;
  found->second.ticket = ticket;
  begin_effect(key);
}

void ActiveRun::hold_back(Open& open, const Destination& destination, const Destination::Answer& answer) {
  const std::string key = open.effect.key;
  if (answer.wait_ms <= longest_nap_ms) {
    open.cancel_timer = runner_.loop().after(std::chrono::milliseconds(answer.wait_ms),
                                             [self = shared_from_this(), key] { self->begin_effect(key); });
    return;
  }
  pause(open, std::chrono::milliseconds(answer.wait_ms));
  open.aside = true;
  waits_for_ = answer.why;
  world_.destinations.held(destination);
  pending_.effects.push_back(effect_row(open, store::EffectState::pending));
  pending_.begin.push_back(key);
  flush();
}

}  // namespace waggle::engine
