// How an engine begins: in two halves, and nothing runs before the second.
#include <gtest/gtest.h>

#include <future>

#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

/// What the first loop and the writer were told until now is done.
void let_pass(Engine& engine) {
  std::promise<void> looped;
  engine.world().loops.at(0).post([&] { looped.set_value(); });
  looped.get_future().get();
  std::promise<void> written;
  engine.world().store.set_schedule_cursor("none", 0, [&](Result<void>) { written.set_value(); });
  written.get_future().get();
}

TEST(Start, FiresAMissedScheduleOnlyWhenAllElseIsThere) {
  Waggle waggle;
  waggle.write("flows/hourly.yaml",
               "waggle: 1\nwhen: { schedule: { every: 1h } }\nsteps: [ { log: hello } ]\n");
  waggle.start();
  waggle.stop();
  waggle.clock_offset_ms = 2 * 3'600'000;
  waggle.open();
  let_pass(waggle.engine());
  EXPECT_EQ(waggle.runs().size(), 0u) << "its port may be taken yet";
  waggle.listen();
  EXPECT_TRUE(waggle.settled(1, store::RunState::succeeded));
}

TEST(Start, StoresTheVersionsOfManyFlowsInFewCommits) {
  Waggle waggle;
  constexpr int flows = 60;
  for (int i = 0; i < flows; ++i)
    waggle.write("flows/f" + std::to_string(i) + ".yaml",
                 "waggle: 1\nwhen: { manual: {} }\nsteps: [ { log: " + std::to_string(i) + " } ]\n");
  waggle.open();
  EXPECT_GE(waggle.engine().world().store.stats().writes, static_cast<std::uint64_t>(flows));
  EXPECT_LT(waggle.engine().world().store.stats().commits, static_cast<std::uint64_t>(flows / 2));
}

TEST(Start, IsReadyFromTheEndOfItsSecondHalfUntilItStops) {
  Waggle waggle;
  waggle.open();
  EXPECT_FALSE(waggle.engine().ready());
  waggle.listen();
  EXPECT_TRUE(waggle.engine().ready());
  waggle.engine().stop();
  EXPECT_FALSE(waggle.engine().ready());
}

}  // namespace
}  // namespace waggle::engine::test
