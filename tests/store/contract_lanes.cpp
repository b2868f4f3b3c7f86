// Lanes: which run of a flow begins when, and that a restart changes nothing about it.
#include "tests/store/contract.hpp"

namespace waggle::store::testing {

constexpr std::int64_t minute = 60'000;

class Lanes : public Contract {
 protected:
  /// An event whose one run stands in `lane`; accepted at `at_ms`.
  store::Run must_enter(const Lane& lane, std::int64_t at_ms = kNoon) {
    Arrival arrival = sample_arrival();
    arrival.event.received_ms = at_ms;
    arrival.event.dedupe_key.clear();
    arrival.runs.resize(1);
    arrival.runs[0].lane = lane;
    const Arrived arrived = must_arrive(arrival);
    const store::Run& run = arrival.runs[0].run;
    EXPECT_EQ(arrived.held_runs.empty(), state_of(run) == RunState::queued);
    return run;
  }
  RunState state_of(const store::Run& run) { return must_find(run.id).run.state; }
  std::string reason_of(const store::Run& run) { return must_find(run.id).run.reason; }
  void must_reach(store::Run run, RunState state, std::int64_t at_ms = kNoon) {
    run.state = state;
    if (is_final(state)) run.ended_ms = at_ms;
    if (state == RunState::parked || state == RunState::failed) run.error = failed("422");
    RunUpdate progress{run, {}, {}};
    progress.lane_now_ms = at_ms;
    auto updated = update(*store_, progress);
    ASSERT_TRUE(updated.ok()) << updated.error().message;
  }
  void release_due(std::int64_t now_ms) {
    auto asked = wait_for<void>([&](auto done) { store_->release_due(now_ms, std::move(done)); });
    EXPECT_TRUE(asked.ok());
  }
  bool discard(const store::Run& run) {
    return wait_for<bool>([&](auto done) { store_->discard(run.id, "given up", kNoon, std::move(done)); })
        .value();
  }
  bool requeue(const store::Run& run) {
    return wait_for<bool>([&](auto done) { store_->requeue(run.id, std::move(done)); }).value();
  }
  /// The counters must agree with the rows, whatever happened.
  void TearDown() override {
    for (const RunState state : {RunState::queued, RunState::held, RunState::waiting, RunState::parked,
                                 RunState::succeeded, RunState::stopped, RunState::failed}) {
      auto rows = reader_->runs({"", "", {state}, "", 1000});
      ASSERT_TRUE(rows.ok());
      EXPECT_EQ(counted(state), static_cast<std::int64_t>(rows->size())) << to_string(state);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, Lanes, ::testing::ValuesIn(backends()), backend_name);

TEST_P(Lanes, OneAtATimeKeepsTheOrderOfEachKeyAcrossRestarts) {
  const Lane bob{"bob", "one_at_a_time"}, amy{"amy", "one_at_a_time"};
  const auto first = must_enter(bob), second = must_enter(bob), third = must_enter(bob);
  const auto other = must_enter(amy);
  EXPECT_EQ(state_of(first), RunState::queued);
  EXPECT_EQ(state_of(second), RunState::held);
  EXPECT_EQ(state_of(third), RunState::held);
  EXPECT_EQ(state_of(other), RunState::queued) << "another key waits for nobody";
  EXPECT_NE(reason_of(third).find("waits for run " + first.id), std::string::npos) << reason_of(third);
  EXPECT_NE(reason_of(third).find("for bob"), std::string::npos);
  reopen();
  release_due(kNoon + minute);
  EXPECT_EQ(state_of(second), RunState::held);
  must_reach(first, RunState::waiting);
  EXPECT_EQ(state_of(second), RunState::held) << "one that sleeps between tries keeps its turn";
  must_reach(first, RunState::succeeded);
  EXPECT_EQ(state_of(second), RunState::queued);
  EXPECT_EQ(state_of(third), RunState::held);
  reopen();
  must_reach(second, RunState::failed);
  EXPECT_EQ(state_of(third), RunState::queued);
}

TEST_P(Lanes, AParkedRunHoldsThoseBehindItUntilItIsRetriedOrDiscarded) {
  const Lane lane{"", "one_at_a_time"};
  const auto first = must_enter(lane), second = must_enter(lane), third = must_enter(lane);
  must_reach(first, RunState::parked);
  EXPECT_EQ(state_of(second), RunState::held);
  EXPECT_NE(reason_of(second).find("which is parked"), std::string::npos) << reason_of(second);
  EXPECT_TRUE(requeue(first));
  EXPECT_EQ(state_of(first), RunState::queued);
  EXPECT_EQ(state_of(second), RunState::held);
  must_reach(first, RunState::parked);
  EXPECT_TRUE(discard(first));
  EXPECT_EQ(state_of(first), RunState::stopped);
  EXPECT_EQ(reason_of(first), "given up");
  EXPECT_EQ(state_of(second), RunState::queued);
  EXPECT_FALSE(discard(second)) << "it is at work";
  EXPECT_TRUE(discard(third)) << "it only waits";
  EXPECT_EQ(state_of(third), RunState::stopped);
}

TEST_P(Lanes, AFailedRunThatIsRetriedWaitsForTheOneAtWorkAndGoesBeforeTheRest) {
  const Lane lane{"", "one_at_a_time"};
  const auto first = must_enter(lane), second = must_enter(lane), third = must_enter(lane);
  must_reach(first, RunState::failed);
  ASSERT_EQ(state_of(second), RunState::queued);
  EXPECT_TRUE(requeue(first));
  EXPECT_EQ(state_of(first), RunState::held);
  must_reach(second, RunState::succeeded);
  EXPECT_EQ(state_of(first), RunState::queued);
  EXPECT_EQ(state_of(third), RunState::held);
  must_reach(first, RunState::succeeded);
  EXPECT_EQ(state_of(third), RunState::queued);
  must_reach(third, RunState::failed);
  EXPECT_TRUE(requeue(third));
  EXPECT_EQ(state_of(third), RunState::queued) << "nobody is in its way";
}

TEST_P(Lanes, LatestOnlyLetsTheOneAtWorkFinishAndDropsAllButTheNewest) {
  const Lane lane{"sku-1", "latest_only"};
  const auto first = must_enter(lane), second = must_enter(lane), third = must_enter(lane);
  EXPECT_EQ(state_of(first), RunState::queued);
  EXPECT_EQ(state_of(second), RunState::stopped);
  EXPECT_NE(reason_of(second).find("superseded by run " + third.id), std::string::npos) << reason_of(second);
  EXPECT_EQ(state_of(third), RunState::held);
  must_reach(first, RunState::succeeded);
  EXPECT_EQ(state_of(third), RunState::queued);
}

TEST_P(Lanes, LatestOnlyLetsAParkedRunGiveWay) {
  const Lane lane{"", "latest_only"};
  const auto first = must_enter(lane);
  must_reach(first, RunState::parked);
  const auto second = must_enter(lane);
  EXPECT_EQ(state_of(first), RunState::stopped);
  EXPECT_EQ(state_of(second), RunState::queued);
  const auto third = must_enter(lane);
  must_reach(second, RunState::parked);
  EXPECT_EQ(state_of(second), RunState::stopped) << "a newer one waited for it already";
  EXPECT_EQ(state_of(third), RunState::queued);
}

TEST_P(Lanes, ALimitHoldsInEverySpanAndAcrossRestarts) {
  const Lane lane{"", "parallel", 2, minute};
  const auto first = must_enter(lane, kNoon), second = must_enter(lane, kNoon + 1000);
  const auto third = must_enter(lane, kNoon + 2000), fourth = must_enter(lane, kNoon + 2000);
  EXPECT_EQ(state_of(first), RunState::queued);
  EXPECT_EQ(state_of(second), RunState::queued);
  EXPECT_EQ(state_of(third), RunState::held);
  EXPECT_EQ(must_find(third.id).run.due_ms, kNoon + minute);
  EXPECT_NE(reason_of(third).find("limit"), std::string::npos);
  must_reach(first, RunState::succeeded, kNoon + 3000);
  EXPECT_EQ(state_of(third), RunState::held) << "a limit counts starts, not runs at work";
  reopen();
  release_due(kNoon + minute - 1);
  EXPECT_EQ(state_of(third), RunState::held);
  release_due(kNoon + minute);
  EXPECT_EQ(state_of(third), RunState::queued);
  EXPECT_EQ(state_of(fourth), RunState::held);
  release_due(kNoon + minute + 999);
  EXPECT_EQ(state_of(fourth), RunState::held);
  release_due(kNoon + minute + 1000);
  EXPECT_EQ(state_of(fourth), RunState::queued);
}

TEST_P(Lanes, AClockSetBackDoesNotStretchALimit) {
  const Lane lane{"", "parallel", 1, minute};
  must_enter(lane, kNoon);
  const auto second = must_enter(lane, kNoon - 60 * minute);
  EXPECT_EQ(state_of(second), RunState::queued);
  EXPECT_EQ(state_of(must_enter(lane, kNoon - 60 * minute + 1)), RunState::held);
}

TEST_P(Lanes, DebounceRunsTheLastEventOfAQuietPeriod) {
  const Lane lane{"", "parallel", 0, 0, 5000};
  const auto first = must_enter(lane, kNoon), second = must_enter(lane, kNoon + 4000);
  EXPECT_EQ(state_of(first), RunState::stopped);
  EXPECT_NE(reason_of(first).find("superseded by run " + second.id), std::string::npos);
  EXPECT_EQ(state_of(second), RunState::held);
  reopen();
  release_due(kNoon + 5000);
  EXPECT_EQ(state_of(second), RunState::held) << "its own quiet period counts";
  release_due(kNoon + 9000);
  EXPECT_EQ(state_of(second), RunState::queued);
  EXPECT_EQ(state_of(must_enter(lane, kNoon + 9001)), RunState::held);
  EXPECT_EQ(state_of(second), RunState::queued) << "what has begun is not superseded";
}

TEST_P(Lanes, DebounceThenTurn) {
  const Lane lane{"", "one_at_a_time", 0, 0, 1000};
  const auto first = must_enter(lane, kNoon);
  release_due(kNoon + 1000);
  const auto second = must_enter(lane, kNoon + 1500);
  release_due(kNoon + 2500);
  EXPECT_EQ(state_of(second), RunState::held) << "quiet, but the first one is at work";
  must_reach(first, RunState::succeeded, kNoon + 3000);
  EXPECT_EQ(state_of(second), RunState::queued);
}

TEST_P(Lanes, OfAChangedFlowFollowTheNewRule) {
  const auto first = must_enter({"", "one_at_a_time"}), second = must_enter({"", "one_at_a_time"});
  ASSERT_EQ(state_of(second), RunState::held);
  must_enter({"", "parallel", 100, minute});
  EXPECT_EQ(state_of(second), RunState::queued);
  EXPECT_EQ(state_of(first), RunState::queued);
}

}  // namespace waggle::store::testing
