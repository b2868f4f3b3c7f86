// Power cuts: what was acknowledged is on the disk, whatever the page cache knew besides.
#include <gtest/gtest.h>

#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

TEST(PowerCut, TwelveLoseNothingThatWasAcknowledged) {
  CrashOptions options = options_for("bin/waggle");
  options.rounds = 12;
  options.blows = {Blow::power_cut};
  options.longest_life = std::chrono::milliseconds(1000);
  const auto report = crash_loop(options);
  if (!report.ok() && report.error().code == "no_loop_mounts")
    GTEST_SKIP() << "POWER CUTS NOT TESTED: " << report.error().message;
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_TRUE(report->good());
  EXPECT_EQ(report->cuts, 12);
}

}  // namespace
}  // namespace waggle::durability
