// A broken Waggle for testing the harness: it takes a run off the list when it accepts it, not when it is
// done. Linked with --wrap of Tables::arrive (tests/durability/CMakeLists.txt).
#include "core/store/sqlite/tables.hpp"

namespace waggle::store::sqlite {

// A member function is called as a free one with `this` in front (Itanium C++ ABI, 3.1; read 2026-11).
Result<Arrived> real_arrive(Tables* tables, const Arrival& arrival) asm(
    "__real__ZN6waggle5store6sqlite6Tables6arriveERKNS0_7ArrivalE");
Result<Arrived> forgetful_arrive(Tables* tables, const Arrival& arrival) asm(
    "__wrap__ZN6waggle5store6sqlite6Tables6arriveERKNS0_7ArrivalE");

Result<Arrived> forgetful_arrive(Tables* tables, const Arrival& arrival) {
  WAGGLE_TRY(Arrived arrived, real_arrive(tables, arrival));
  if (arrived.duplicate) return arrived;
  for (const auto& queued : arrival.runs) {
    RunUpdate over{queued.run, {}, {}};
    over.run.state = RunState::succeeded;
    over.run.ended_ms = queued.run.created_ms;
    WAGGLE_TRY_VOID(tables->update_run(over));
  }
  return arrived;
}

}  // namespace waggle::store::sqlite
