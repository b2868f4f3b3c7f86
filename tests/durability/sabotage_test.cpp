// The harness itself under test: it must find out three broken Waggles. A harness that does not is worth
// nothing.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

/// Fails at once when the harness did not work at all: then nothing was found out.
void expect_lost(const Result<CrashReport>& report) {
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::cout << *report;
  EXPECT_GT(report->verdict.acked, 100);
  EXPECT_GT(report->verdict.lost, 0) << "the harness did not notice";
  EXPECT_FALSE(report->good());
}

TEST(Sabotage, SayingYesBeforeTheCommitIsFoundOut) {
  CrashOptions options = options_for("sabotaged/waggle_acks_early");
  options.keep = false;
  options.rounds = 10;
  options.rate = 3000;
  options.blows = {Blow::random};
  options.longest_life = std::chrono::milliseconds(500);
  expect_lost(crash_loop(options));
}

TEST(Sabotage, ForgettingARunBeforeItsDeliveryIsFoundOut) {
  CrashOptions options = options_for("sabotaged/waggle_forgets_runs");
  options.keep = false;
  options.rounds = 10;
  options.rate = 1500;
  options.blows = {Blow::random};
  options.longest_life = std::chrono::milliseconds(500);
  options.drain_limit = std::chrono::seconds(20);
  expect_lost(crash_loop(options));
}

/// What was never synced is missing after a power cut, or the database is in pieces.
TEST(Sabotage, NotSyncingIsFoundOutByPowerCuts) {
  CrashOptions options = options_for("sabotaged/waggle_does_not_sync");
  options.keep = false;
  options.rounds = 3;
  options.blows = {Blow::power_cut};
  options.shortest_life = std::chrono::milliseconds(300);
  options.longest_life = std::chrono::milliseconds(800);
  const auto report = crash_loop(options);
  if (!report.ok() && report.error().code == "no_loop_mounts")
    GTEST_SKIP() << "NOT TESTED: " << report.error().message;
  if (!report.ok() && report.error().code == "store_damaged") return;
  expect_lost(report);
}

}  // namespace
}  // namespace waggle::durability
