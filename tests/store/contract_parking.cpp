// Parked and failed runs go on when a person says so, or when their connection is mended; never otherwise.
#include "tests/store/contract.hpp"

namespace waggle::store::testing {

class Parking : public Contract {
 protected:
  /// A run with a failed effect of connection `team` and one that is done.
  store::Run must_stop(RunState state, const std::string& parked_for) {
    const Arrival arrival = sample_arrival();
    must_arrive(arrival);
    store::Run run = arrival.runs[0].run;
    run.state = state;
    run.ended_ms = state == RunState::failed ? kNoon + 3 : 0;
    run.parked_for = parked_for;
    run.error = denied("the token is gone; connect again");
    Effect done{run.id, "1",  EffectState::done, "", "books", "add_entry", "books", "{}", "{}", {}, 1,
                0,      kNoon};
    Effect broken{run.id, "2", EffectState::failed, "", "slack", "post_message", "team",
                  "{}",   "",  run.error,           3,  0,       kNoon};
    auto updated = update(*store_, {run, {done, broken}, {}});
    EXPECT_TRUE(updated.ok()) << updated.error().message;
    return run;
  }
  Result<bool> requeue(const std::string& id) {
    return wait_for<bool>([&](auto done) { store_->requeue(id, std::move(done)); });
  }
  Result<std::int64_t> mend(const std::string& connection) {
    return wait_for<std::int64_t>([&](auto done) { store_->mend_connection(connection, std::move(done)); });
  }
  void must_break(const std::string& connection, std::int64_t at_ms) {
    auto broken = wait_for<void>(
        [&](auto done) { store_->break_connection(connection, "401 from slack", at_ms, std::move(done)); });
    EXPECT_TRUE(broken.ok());
  }
};
INSTANTIATE_TEST_SUITE_P(, Parking, ::testing::ValuesIn(backends()), backend_name);

TEST_P(Parking, ParkedAndFailedRunsAreQueuedAgainWithTheirFailedEffectsPending) {
  for (RunState state : {RunState::parked, RunState::failed}) {
    const store::Run run = must_stop(state, "");
    EXPECT_TRUE(due(kNoon + 10).empty());
    EXPECT_TRUE(requeue(run.id).value()) << to_string(state);
    EXPECT_EQ(due(kNoon + 10), std::vector<std::string>{run.id});
    const RunDetail got = must_find(run.id);
    EXPECT_EQ(got.run.state, RunState::queued);
    EXPECT_EQ(got.run.ended_ms, 0);
    EXPECT_FALSE(got.run.error);
    EXPECT_EQ(got.effects[0].state, EffectState::done) << "what is done is not done again";
    EXPECT_EQ(got.effects[1].state, EffectState::pending);
    EXPECT_EQ(got.effects[1].due_ms, 0);
    EXPECT_EQ(got.effects[1].attempts, 3) << "attempts go on counting";
    EXPECT_EQ(got.effects[1].plan_start, 3) << "and the plan begins anew";
    EXPECT_EQ(got.effects[0].plan_start, 0);
    must_become(run, RunState::succeeded);
    EXPECT_EQ(counted(state), 0);
  }
  EXPECT_EQ(counted(RunState::succeeded), 2);
}

TEST_P(Parking, RetriedByHandLeavesTheTimesOfWhatIsPendingAlone) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  store::Run run = arrival.runs[0].run;
  run.state = RunState::parked;
  Effect failed{run.id, "1", EffectState::failed, "", "slack", "post_message", "team",
                "{}",   "",  denied("no"),        2,  0,       kNoon};
  Effect later{run.id, "2", EffectState::pending, "", "books",       "add_entry", "books",
               "{}",   "",  retry("later"),       4,  kNoon + 50'000};
  Effect wait{run.id, "3", EffectState::pending, "", "", "wait", "", "", "", {}, 0, kNoon + 90'000};
  ASSERT_TRUE(update(*store_, {run, {failed, later, wait}, {}}).ok());
  EXPECT_TRUE(requeue(run.id).value());
  const auto effects = must_find(run.id).effects;
  EXPECT_EQ(effects[0].due_ms, 0);
  EXPECT_EQ(effects[1].due_ms, kNoon + 50'000);
  EXPECT_EQ(effects[1].plan_start, 4);
  EXPECT_EQ(effects[2].due_ms, kNoon + 90'000);
  EXPECT_EQ(effects[2].plan_start, 0);
}

TEST_P(Parking, RunsInOtherStatesAndUnknownOnesAreNotQueuedAgain) {
  for (RunState state : {RunState::succeeded, RunState::filtered, RunState::stopped, RunState::waiting}) {
    const Arrival arrival = sample_arrival();
    must_arrive(arrival);
    must_become(arrival.runs[0].run, state, state == RunState::waiting ? kNoon + 99 : 0);
    EXPECT_FALSE(requeue(arrival.runs[0].run.id).value()) << to_string(state);
    EXPECT_EQ(must_find(arrival.runs[0].run.id).run.state, state);
  }
  EXPECT_FALSE(requeue(new_id(kNoon)).value());
  EXPECT_FALSE(requeue("nonsense").value());
}

TEST_P(Parking, MendingAConnectionQueuesItsRunsOnly) {
  must_break("team", kNoon);
  must_break("books", kNoon + 1);
  must_break("team", kNoon + 2);
  const auto broken = reader_->broken_connections().value();
  ASSERT_EQ(broken.size(), 2u);
  EXPECT_EQ(broken[1].name, "team");
  EXPECT_EQ(broken[1].reason, "401 from slack");
  EXPECT_EQ(broken[1].since_ms, kNoon) << "broken since the first time";

  const store::Run one = must_stop(RunState::parked, "team"), two = must_stop(RunState::parked, "team");
  const store::Run other = must_stop(RunState::parked, "books"), used_up = must_stop(RunState::parked, "");
  EXPECT_EQ(must_find(one.id).run.parked_for, "team");
  EXPECT_EQ(mend("team").value(), 2);
  EXPECT_EQ(due(kNoon), (std::vector<std::string>{one.id, two.id}));
  EXPECT_EQ(must_find(one.id).effects[1].state, EffectState::pending);
  EXPECT_EQ(must_find(one.id).effects[1].plan_start, 3);
  EXPECT_EQ(must_find(other.id).effects[1].plan_start, 0);
  EXPECT_EQ(must_find(one.id).run.parked_for, "");
  EXPECT_EQ(must_find(other.id).run.state, RunState::parked);
  EXPECT_EQ(must_find(used_up.id).run.state, RunState::parked);
  EXPECT_EQ(reader_->broken_connections()->size(), 1u);
  EXPECT_EQ(counted(RunState::parked), 2);
  EXPECT_EQ(counted(RunState::queued), 2);
  EXPECT_EQ(mend("team").value(), 0);
  EXPECT_EQ(mend("never-heard-of").value(), 0);
}

}  // namespace waggle::store::testing
