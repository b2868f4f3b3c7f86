// SIGTERM while events stream in: the server ends by itself within its deadline, nothing is lost, and no call
// whose answer came in time is made again.
#include <gtest/gtest.h>

#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

TEST(Stop, UnderLoadLosesNothingAndRepeatsNothing) {
  CrashOptions options = options_for("bin/waggle");
  options.rounds = 5;
  options.blows = {Blow::stop};
  options.longest_life = std::chrono::milliseconds(1500);
  const auto report = crash_loop(options);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_TRUE(report->good());
  EXPECT_EQ(report->kills, 0);
  EXPECT_EQ(report->verdict.delivered_again, 0);
  EXPECT_GT(report->verdict.acked, 100);
}

}  // namespace
}  // namespace waggle::durability
