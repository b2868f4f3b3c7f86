// The list of all kinds of steps. `step_list.inc` is written by the build from the names of the files in
// flows/steps.
#include "flows/work.hpp"

namespace waggle::flows {

#define WAGGLE_STEP(name) const StepKind& name##_step();
#include "step_list.inc"
#undef WAGGLE_STEP

const std::vector<const StepKind*>& step_kinds() {
#define WAGGLE_STEP(name) &name##_step(),
  static const std::vector<const StepKind*> kinds{
#include "step_list.inc"
  };
#undef WAGGLE_STEP
  return kinds;
}

}  // namespace waggle::flows
