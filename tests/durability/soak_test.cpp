// The soak in short: what takes minutes by hand (scripts/durability soak), in half a minute.
#include <gtest/gtest.h>

#include "tests/durability/harness/soak.hpp"
#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

TEST(Soak, OutagesSlownessLongReadersAndKillsLoseNothingAndGrowNothing) {
  SoakOptions options;
  options.program = WAGGLE_BUILD_DIR "/bin/waggle";
  options.seed = options_for("bin/waggle").seed;
  options.length = std::chrono::seconds(24);
  options.cycle = std::chrono::seconds(12);
  options.rate = 300;
  const auto report = soak(options);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_TRUE(report->verdict.good());
  EXPECT_EQ(report->kills, 1);
  EXPECT_LT(report->most_wal_bytes, 64u << 20);
  EXPECT_LT(report->most_held_wal_bytes, 64u << 20);
  EXPECT_LT(report->most_resident_bytes, 200u << 20);
}

}  // namespace
}  // namespace waggle::durability
