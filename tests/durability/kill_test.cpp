// kill -9 at many moments while events stream in: what was answered 2xx is stored once and delivered, and
// what was recorded as delivered is not delivered again.
#include <gtest/gtest.h>

#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

TEST(Kill, ThirtyRoundsLoseNothingStoreNothingTwiceAndRepeatOnlyWhatWasInFlight) {
  CrashOptions options = options_for("bin/waggle");
  options.rounds = 32;
  options.longest_life = std::chrono::milliseconds(2000);
  const auto report = crash_loop(options);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_TRUE(report->good());
  EXPECT_GE(report->kills, 30);
  EXPECT_EQ(report->verdict.acked, report->verdict.sent);
  EXPECT_GT(report->verdict.acked, 1000);
}

TEST(Kill, DuringBackupsLeavesThemWholeOrNotThereAndLosesNothing) {
  CrashOptions options = options_for("bin/waggle");
  options.rounds = 6;
  options.blows = {Blow::backup};
  options.longest_life = std::chrono::milliseconds(1000);
  const auto report = crash_loop(options);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_TRUE(report->good());
  EXPECT_EQ(report->kills, 6);
}

TEST(Kill, WhileOldEventsAreDeletedLosesNothing) {
  CrashOptions options = options_for("bin/waggle");
  options.rounds = 6;
  options.blows = {Blow::prune};
  options.longest_life = std::chrono::milliseconds(1500);
  const auto report = crash_loop(options);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_TRUE(report->good());
  EXPECT_LT(report->verdict.stored, report->verdict.acked) << "nothing was deleted";
}

}  // namespace
}  // namespace waggle::durability
