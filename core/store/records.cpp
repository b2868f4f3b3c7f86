// The frozen words of stored states. They are this room's own, since what is on disk must not change with a
// display word of another room; where flows say the same thing they use the same word, and a test compares.
#include "core/store/records.hpp"

namespace waggle::store {

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::queued:
      return "queued";
    case RunState::held:
      return "held";
    case RunState::waiting:
      return "waiting";
    case RunState::parked:
      return "parked";
    case RunState::succeeded:
      return "succeeded";
    case RunState::filtered:
      return "filtered";
    case RunState::stopped:
      return "stopped";
    case RunState::failed:
      return "failed";
    case RunState::unset:
      break;
  }
  return "unset";
}

RunState run_state_from(std::string_view word) {
  for (RunState state : {RunState::queued, RunState::held, RunState::waiting, RunState::parked,
                         RunState::succeeded, RunState::filtered, RunState::stopped, RunState::failed})
    if (to_string(state) == word) return state;
  return RunState::unset;
}

std::string_view to_string(EffectState state) {
  switch (state) {
    case EffectState::pending:
      return "pending";
    case EffectState::done:
      return "done";
    case EffectState::failed:
      return "failed";
    case EffectState::unset:
      break;
  }
  return "unset";
}

EffectState effect_state_from(std::string_view word) {
  for (EffectState state : {EffectState::pending, EffectState::done, EffectState::failed})
    if (to_string(state) == word) return state;
  return EffectState::unset;
}

}  // namespace waggle::store
