// The arena's bookkeeping over several blocks.
#include <gtest/gtest.h>

#include "flows/jsonata/arena.hpp"

namespace waggle::jsonata {
namespace {

TEST(Arena, CountsItsBytesAcrossBlocksAndResets) {
  Arena arena;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(arena.used(), 0u);
    for (int i = 0; i < 200; ++i) std::memset(arena.take(40'000), i, 40'000);
    EXPECT_GE(arena.used(), 8'000'000u);
    EXPECT_LT(arena.used(), 12'000'000u);
    arena.reset();
  }
}

TEST(Arena, GivesBackWhatWasTakenAfterAMark) {
  Arena arena;
  arena.take(100);
  auto mark = arena.mark();
  std::size_t used = arena.used();
  for (int i = 0; i < 100; ++i) arena.take(10'000);
  arena.release(mark);
  EXPECT_EQ(arena.used(), used);
  EXPECT_EQ(static_cast<char*>(arena.take(8)), static_cast<char*>(mark.next));
}

TEST(Arena, EndsAtItsLimit) {
  Arena arena(100'000);
  arena.take(99'000);
  EXPECT_THROW(arena.take(2'000), Arena::Full);
  arena.reset();
  EXPECT_NO_THROW(arena.take(99'000));
}

}  // namespace
}  // namespace waggle::jsonata
