// The fault sweep: a small life of a store in which the n-th system call fails, for n = 1, 2, 3 ... until
// none fails any more. Never a crash, never an acknowledgement of what is not there, and all is well
// afterwards. In CI the larger n are sampled; WAGGLE_FAULT_SWEEP=all takes every one.
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "core/store/restore.hpp"
#include "tests/store/faults.hpp"
#include "tests/store/samples.hpp"

namespace waggle::store::testing {
namespace {

/// What was acknowledged.
struct Ledger {
  std::map<std::string, RunState> runs;  ///< by id: the last state that was acknowledged
  std::string backup;                    ///< file; empty = none
  bool swept = false;                    ///< events of kOld may be gone
  int refused = 0;
};

constexpr std::int64_t kOld = kNoon - 1'000'000;

Result<std::unique_ptr<Store>> open(const std::string& folder) {
  StoreOptions options;
  options.data_dir = folder;
  options.on_fatal = [](const Error&) {};
  return open_sqlite(options);
}

void store_some(Store& store, Ledger& ledger, std::int64_t at_ms, int count) {
  for (int i = 0; i < count; ++i) {
    Arrival arrival = sample_arrival(new_id(at_ms), at_ms);
    if (i % 3 == 0) arrival.event.body.assign(30'000, 'x');
    const auto arrived = arrive(store, arrival);
    ledger.refused += arrived.ok() ? 0 : 1;
    if (!arrived.ok()) continue;
    Run run = arrival.runs[0].run;
    ledger.runs[run.id] = RunState::queued;
    run.state = i % 2 == 0 ? RunState::succeeded : RunState::parked;
    run.ended_ms = i % 2 == 0 ? at_ms : 0;
    if (update(store, {run, {}, {}}).ok()) ledger.runs[run.id] = run.state;
  }
}

/// One life: started, used, closed. Whatever fails is an error with a sentence.
void live(const std::string& folder, Ledger& ledger) {
  auto store = open(folder);
  if (!store.ok()) {
    EXPECT_FALSE(store.error().message.empty());
    return;
  }
  store_some(**store, ledger, kOld, 3);
  if (auto reader = (*store)->reader(); reader.ok()) {
    (void)(*reader)->runs({});
    (void)(*reader)->queued_runs({}, 10);
  }
  ledger.swept = true;
  (void)wait_for<Swept>([&](auto done) { (*store)->sweep({kNoon, kOld + 1, 0, true}, std::move(done)); });
  store_some(**store, ledger, kNoon, 3);
  const std::string backup = folder + "/../backup";
  if (wait_for<BackedUp>([&](auto done) { (*store)->backup(backup, std::move(done)); }).ok())
    ledger.backup = backup;
  (*store)->close();
}

void expect_all_is_well(const std::string& folder, const Ledger& ledger) {
  auto store = open(folder);
  ASSERT_TRUE(store.ok()) << store.error().message;
  auto reader = std::move((*store)->reader().value());
  std::map<std::string, RunState> found;
  const auto runs = reader->runs({"", "", {}, "", 100});
  ASSERT_TRUE(runs.ok()) << runs.error().message;
  for (const Run& run : *runs) found[run.id] = run.state;
  for (const auto& [id, state] : ledger.runs) {
    const bool may_be_gone = ledger.swept && state == RunState::succeeded && id < new_id(kNoon - 1000);
    if (may_be_gone) continue;
    ASSERT_EQ(found.count(id), 1u) << "acknowledged and lost";
    // A later state that was refused may be there all the same.
    EXPECT_TRUE(state == RunState::queued || found[id] == state) << to_string(found[id]);
  }
  std::map<RunState, std::int64_t> counted;
  for (const auto& [id, state] : found) ++counted[state];
  const auto counts = reader->run_counts();
  ASSERT_TRUE(counts.ok());
  for (const auto& [state, count] : *counts) EXPECT_EQ(counted[state], count);
  EXPECT_TRUE(arrive(**store, sample_arrival()).ok()) << "it works again";
  EXPECT_TRUE((*store)->accepts());
  EXPECT_TRUE(check_sqlite(folder).ok());
  store->reset();
  if (ledger.backup.empty()) {
    EXPECT_FALSE(std::filesystem::exists(folder + "/../backup")) << "a backup that nobody vouches for";
  } else {
    EXPECT_TRUE(restore_sqlite(ledger.backup, folder + "/../restored", false).ok());
  }
}

/// The n to try: all small ones, then ever fewer.
long next_n(long n) {
  const char* const wish = std::getenv("WAGGLE_FAULT_SWEEP");
  if (wish && std::string(wish) == "all") return n + 1;
  return n < 6 ? n + 1 : n + std::max(1l, n / 3);
}

class FaultSweep : public ::testing::TestWithParam<Fault> {};

}  // namespace

TEST_P(FaultSweep, NeverLosesWhatWasAcknowledgedAndRecovers) {
  long n = 1, runs = 0, refused = 0;
  for (bool failed = true; failed && !HasFailure(); ++runs, n = next_n(n)) {
    SCOPED_TRACE("call " + std::to_string(n));
    TempFolder folder;
    const std::string data = folder.path("data");
    Ledger ledger;
    inject(GetParam(), n);
    live(data, ledger);
    failed = heal();
    refused += ledger.refused;
    expect_all_is_well(data, ledger);
    EXPECT_TRUE(failed || ledger.runs.size() == 6);
  }
  EXPECT_GT(runs, 8);
  std::cout << "  " << GetParam().name << ": " << runs << " lives, the last of " << n << " calls; " << refused
            << " refused\n";
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultSweep,
                         ::testing::Values(Fault{"full_once", ENOSPC, 1}, Fault{"full", ENOSPC, LONG_MAX / 2},
                                           Fault{"io_once", EIO, 1}, Fault{"io", EIO, LONG_MAX / 2},
                                           Fault{"busy", EAGAIN, 5}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace waggle::store::testing
