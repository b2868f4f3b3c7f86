// A sender's repeat is one stored event: counted, answered like the first, never run again, for as long as
// asked.
#include "tests/store/contract.hpp"

namespace waggle::store::testing {

class Dedupe : public Contract {};
INSTANTIATE_TEST_SUITE_P(, Dedupe, ::testing::ValuesIn(backends()), backend_name);

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

TEST_P(Dedupe, ARepeatIsCountedAndAnsweredWithTheFirstEvent) {
  const Arrival first = sample_arrival("order:7");
  must_arrive(first);
  for (int i = 0; i < 2; ++i) {
    const Arrived repeat = must_arrive(sample_arrival("order:7", kNoon + 1000));
    EXPECT_TRUE(repeat.duplicate);
    EXPECT_EQ(repeat.event_id, first.event.id);
  }
  EXPECT_EQ(reader_->event(first.event.id)->value().repeats, 2);
  EXPECT_EQ(reader_->events({})->size(), 1u);
  EXPECT_EQ(due(kNoon + 5000), std::vector<std::string>{first.runs[0].run.id});
  EXPECT_EQ(counted(RunState::queued), 1);
}

TEST_P(Dedupe, ARepeatAfterReopeningIsStillARepeat) {
  const Arrival first = sample_arrival("order:7");
  must_arrive(first);
  reopen();
  EXPECT_TRUE(must_arrive(sample_arrival("order:7")).duplicate);
}

TEST_P(Dedupe, KeysOfOtherSourcesAndEmptyKeysDoNotCollide) {
  must_arrive(sample_arrival("order:7"));
  Arrival other = sample_arrival("order:7");
  other.event.source = "other-shop";
  EXPECT_FALSE(must_arrive(other).duplicate);
  EXPECT_FALSE(must_arrive(sample_arrival()).duplicate);
  EXPECT_FALSE(must_arrive(sample_arrival()).duplicate);
  EXPECT_EQ(reader_->events({})->size(), 4u);
}

TEST_P(Dedupe, AKeyIsRememberedForSevenDaysUnlessSaidOtherwise) {
  must_arrive(sample_arrival("default"));
  Arrival brief = sample_arrival("brief");
  brief.dedupe_keep_ms = 1000;
  must_arrive(brief);
  EXPECT_TRUE(must_arrive(sample_arrival("default", kNoon + 7 * kDayMs - 1)).duplicate);
  EXPECT_FALSE(must_arrive(sample_arrival("default", kNoon + 7 * kDayMs)).duplicate);
  EXPECT_TRUE(must_arrive(sample_arrival("brief", kNoon + 999)).duplicate);
  const Arrival next = sample_arrival("brief", kNoon + 1000);
  EXPECT_FALSE(must_arrive(next).duplicate);
  EXPECT_EQ(must_arrive(sample_arrival("brief", kNoon + 1001)).event_id, next.event.id)
      << "the key has a new owner";
}

TEST_P(Dedupe, AFlowMayIgnoreAnEventThatAnotherFlowRuns) {
  const auto arrival_for = [](const std::string& customer) {
    Arrival arrival = sample_arrival();
    arrival.runs.push_back({sample_run(arrival.event, "welcome"), "flow:welcome", customer, kDayMs});
    return arrival;
  };
  const Arrival first = arrival_for("ann"), second = arrival_for("ann"), third = arrival_for("bob");
  EXPECT_TRUE(must_arrive(first).skipped_runs.empty());
  const Arrived again = must_arrive(second);
  EXPECT_FALSE(again.duplicate) << "the event itself is new";
  EXPECT_EQ(again.skipped_runs, std::vector<std::string>{second.runs[1].run.id});
  EXPECT_TRUE(must_arrive(third).skipped_runs.empty());
  EXPECT_EQ(due(kNoon).size(), 5u);
  EXPECT_FALSE(reader_->run(second.runs[1].run.id)->has_value());
}

TEST_P(Dedupe, AScheduleFiresOnceAndMovesItsCursorInTheSameCommit) {
  const auto fire = [&](std::int64_t planned_ms) {
    Arrival arrival = sample_arrival("schedule:nightly:" + std::to_string(planned_ms));
    return wait_for<Arrived>(
        [&](auto done) { store_->arrive_scheduled(arrival, "nightly", planned_ms, std::move(done)); });
  };
  EXPECT_EQ(reader_->schedule_cursor("nightly").value(), std::nullopt);
  EXPECT_FALSE(fire(kNoon)->duplicate);
  EXPECT_TRUE(fire(kNoon)->duplicate);
  EXPECT_FALSE(fire(kNoon + kDayMs)->duplicate);
  reopen();
  EXPECT_EQ(reader_->schedule_cursor("nightly").value(), kNoon + kDayMs);
  EXPECT_EQ(due(kNoon).size(), 2u);
  ASSERT_TRUE(wait_for<void>([&](auto done) {
                store_->set_schedule_cursor("nightly", kNoon, std::move(done));
              }).ok());
  EXPECT_EQ(reader_->schedule_cursor("nightly").value(), kNoon);
}

}  // namespace waggle::store::testing
