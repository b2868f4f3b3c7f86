// Calls whose outcome nobody knows: the process died, or was stopped at its deadline, between the call and
// the record of its outcome. They are repeated with the same idempotency key, and shown as "may have run
// twice" unless the action declares that a repeat does no harm; a step that says `if_unknown: park` waits for
// a person instead.
//
// How a try that began is known, cheaply: nothing is written before a call. After a crash every effect that
// has no outcome and could have begun counts as begun; that may be wrong (the run may have waited in a
// queue), which costs a remark and one of its tries, never a call. Only where a wrong guess would park a run
// for nothing, that is for actions that are not harmless to repeat and whose step says `if_unknown: park`,
// each try is noted first, in a commit of its own. The note is the row of the try itself, which its outcome
// then replaces; so there is no second truth to keep in step. A shutdown that must cut calls off writes the
// same row for exactly those.
#include <algorithm>
#include <utility>

#include "core/engine/active_run.hpp"
#include "core/engine/run_words.hpp"
#include "core/engine/runner.hpp"

namespace waggle::engine {

/// Tries on record that are newer than what the effect's row knows of have no outcome.
void ActiveRun::remember_tries(const std::vector<store::Attempt>& attempts) {
  for (const store::Attempt& attempt : attempts) {
    if (!attempt.error || !is_unknown_outcome(*attempt.error)) continue;
    const auto recorded = recorded_.find(attempt.key);
    if (recorded == recorded_.end() || attempt.number > recorded->second.attempts)
      begun_[attempt.key] = attempt.number;
  }
}

/// Called when an effect is opened: was it under way when the process before this one ended?
void ActiveRun::suspect(Open& open) {
  if (const auto begun = begun_.find(open.effect.key); begun != begun_.end()) {
    open.attempts = begun->second;
    if (open.effect.park_if_unknown && !is_harmless(open.effect)) {
      parking_error_ =
          failed("the server stopped while " + open.effect.name +
                     " was being called; look whether it was done, then retry this run to call it "
                     "again, or discard it",
                 std::string(unknown_outcome_code));
      // With the try counted: a retry by hand is not asked about it again.
      pending_.effects.push_back(effect_row(open, store::EffectState::pending));
    }
    return;
  }
  if (!after_crash_ || open.due_ms > world_.started_ms) return;
  if (open.effect.park_if_unknown && !is_harmless(open.effect)) return;  // had it begun, there were a note
  open.doubtful = true;
  ++open.attempts;
}

/// True when a note must reach the disk before the call; the call then begins after it.
bool ActiveRun::note_first(Open& open, std::shared_ptr<Ticket>& ticket) {
  if (!open.effect.park_if_unknown || open.noted || is_harmless(open.effect)) return false;
  open.noted = true;
  open.ticket = std::move(ticket);
  pending_.attempts.push_back(unknown_attempt(open.effect, open.attempts + 1));
  pending_.begin.push_back(open.effect.key);
  flush();
  return true;
}

/// The call that was noted is not made after all.
void ActiveRun::take_back_note(Open& open) {
  if (open.under_way || !std::exchange(open.noted, false)) return;
  store::Attempt attempt = unknown_attempt(open.effect, open.attempts + 1);
  attempt.error =
      retry("this call was not made, as the run stopped before it; it is made when the run goes on", {},
            "not_called");
  pending_.attempts.push_back(std::move(attempt));
  flush();
}

void ActiveRun::cut_off() {
  if (left_) return;
  for (const auto& [key, open] : open_)
    if (open.under_way) pending_.attempts.push_back(unknown_attempt(open.effect, open.attempts + 1));
  if (!pending_.attempts.empty()) flush();
}

bool ActiveRun::is_harmless(const flows::Effect& effect) const {
  const auto plugin = snapshot_->plugin(effect.connector);
  const ActionSpec* action = plugin ? plugin->spec().action(effect.action) : nullptr;
  return action && action->idempotency != Idempotency::unset;
}

store::Attempt ActiveRun::unknown_attempt(const flows::Effect& effect, int number) const {
  store::Attempt attempt{row_.id, effect.key, number, world_.now_ms(), 0, {}, {}};
  attempt.error = unknown_outcome(is_harmless(effect));
  return attempt;
}

}  // namespace waggle::engine
