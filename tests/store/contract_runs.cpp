// What arrives is there, complete; runs are found when they are due, and change as a whole.
#include <algorithm>

#include "tests/store/contract.hpp"

namespace waggle::store::testing {

class Runs : public Contract {};
INSTANTIATE_TEST_SUITE_P(, Runs, ::testing::ValuesIn(backends()), backend_name);

TEST_P(Runs, AnArrivedEventIsReadBackExactlyAlsoAfterReopening) {
  Arrival arrival = sample_arrival("order:7");
  arrival.event.body = std::string("\0raw \xff bytes\n", 13);
  arrival.event.payload = R"({"id":7,"total":29.35})";
  const Arrived arrived = must_arrive(arrival);
  EXPECT_FALSE(arrived.duplicate);
  EXPECT_EQ(arrived.event_id, arrival.event.id);
  reopen();
  auto event = reader_->event(arrival.event.id);
  ASSERT_TRUE(event.ok() && event->has_value());
  const Event& got = **event;
  EXPECT_EQ(got.id, arrival.event.id);
  EXPECT_EQ(got.source, "my-shop");
  EXPECT_EQ(got.connector, "woocommerce");
  EXPECT_EQ(got.trigger, "order_created");
  EXPECT_EQ(got.connection, "my-shop");
  EXPECT_EQ(got.dedupe_key, "order:7");
  EXPECT_EQ(got.delivery_id, "delivery-1");
  EXPECT_EQ(got.received_ms, kNoon);
  EXPECT_EQ(got.meta, arrival.event.meta);
  EXPECT_EQ(got.body, arrival.event.body);
  EXPECT_EQ(got.payload, arrival.event.payload);
  EXPECT_EQ(got.repeats, 0);
}

TEST_P(Runs, WithoutAPayloadTheBodyIsThePayload) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  const Event event = reader_->event(arrival.event.id)->value();
  EXPECT_EQ(event.payload, "");
  EXPECT_EQ(event.payload_text(), arrival.event.body);
}

TEST_P(Runs, AQueuedRunIsDueWithItsEvent) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  ASSERT_EQ(due(kNoon), std::vector<std::string>{arrival.runs[0].run.id});
  const RunDetail found = must_find(arrival.runs[0].run.id);
  const store::Run& run = found.run;
  EXPECT_EQ(run.id, arrival.runs[0].run.id);
  EXPECT_EQ(run.event_id, arrival.event.id);
  EXPECT_EQ(run.flow, "new-order");
  EXPECT_EQ(run.version, arrival.runs[0].run.version);
  EXPECT_EQ(run.subject, "Order 7");
  EXPECT_EQ(run.state, RunState::queued);
  EXPECT_EQ(run.created_ms, kNoon);
  EXPECT_EQ(run.seed, 0xfedcba9876543210u);
  EXPECT_FALSE(run.error);
  EXPECT_EQ(found.event.body, arrival.event.body);
}

TEST_P(Runs, AllArrivalsOfOneRequestAreAnsweredInOrder) {
  const std::vector<Arrival> request{sample_arrival("a"), sample_arrival("b"), sample_arrival("a")};
  auto arrived = arrive(*store_, request);
  ASSERT_TRUE(arrived.ok());
  ASSERT_EQ(arrived->size(), 3u);
  EXPECT_EQ((*arrived)[1].event_id, request[1].event.id);
  EXPECT_TRUE((*arrived)[2].duplicate);
  EXPECT_EQ((*arrived)[2].event_id, request[0].event.id);
}

TEST_P(Runs, AnUpdateIsReadBackWithEffectsAndAttempts) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  store::Run run = arrival.runs[0].run;
  run.state = RunState::failed;
  run.ended_ms = kNoon + 9;
  run.error =
      Error{Next::retry, "slack said 503; Waggle tries again", "http_503", std::chrono::milliseconds(5000)};
  run.trace = R"([{"key":"0"}])";
  run.reply = R"({"status":202})";
  Effect done{run.id,
              "1",
              EffectState::done,
              "tell",
              "slack",
              "post_message",
              "team",
              R"({"text":"hi"})",
              R"({"ts":"1"})",
              {},
              2,
              0,
              kNoon + 8};
  Effect broken{run.id,
                "2/a",
                EffectState::failed,
                "",
                "books",
                "add_entry",
                "books",
                "{}",
                "",
                denied("the token is gone; connect again", "bad_token"),
                1,
                0,
                kNoon + 9};
  Attempt first{run.id,
                "1",
                1,
                kNoon + 1,
                30,
                retry("503", std::chrono::seconds(1), "http_503"),
                R"([{"status":503}])"};
  Attempt second{run.id, "1", 2, kNoon + 2, 31, {}, R"([{"status":200}])"};
  ASSERT_TRUE(update(*store_, {run, {done, broken}, {second, first}}).ok());
  reopen();

  const RunDetail got = must_find(run.id);
  EXPECT_EQ(got.run.state, RunState::failed);
  EXPECT_EQ(got.run.ended_ms, run.ended_ms);
  EXPECT_EQ(got.run.error, run.error);
  EXPECT_EQ(got.run.trace, run.trace);
  EXPECT_EQ(got.run.reply, run.reply);
  EXPECT_EQ(got.event.id, arrival.event.id);
  ASSERT_EQ(got.effects.size(), 2u);
  EXPECT_EQ(got.effects[0].key, "1");
  EXPECT_EQ(got.effects[0].run_id, run.id);
  EXPECT_EQ(got.effects[0].state, EffectState::done);
  EXPECT_EQ(got.effects[0].name, "tell");
  EXPECT_EQ(got.effects[0].connector, "slack");
  EXPECT_EQ(got.effects[0].action, "post_message");
  EXPECT_EQ(got.effects[0].connection, "team");
  EXPECT_EQ(got.effects[0].input, done.input);
  EXPECT_EQ(got.effects[0].output, done.output);
  EXPECT_EQ(got.effects[0].attempts, 2);
  EXPECT_EQ(got.effects[0].ended_ms, kNoon + 8);
  EXPECT_FALSE(got.effects[0].error);
  EXPECT_EQ(got.effects[1].state, EffectState::failed);
  EXPECT_EQ(got.effects[1].error, broken.error);
  ASSERT_EQ(got.attempts.size(), 2u);
  EXPECT_EQ(got.attempts[0].number, 1);
  EXPECT_EQ(got.attempts[0].took_ms, 30);
  EXPECT_EQ(got.attempts[0].started_ms, kNoon + 1);
  EXPECT_EQ(got.attempts[0].error, first.error);
  EXPECT_EQ(got.attempts[1].exchanges, second.exchanges);
}

TEST_P(Runs, AnEffectIsReplacedAndAttemptsAreAppended) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  const store::Run run = arrival.runs[0].run;
  Effect effect{run.id, "1", EffectState::pending, "", "http",       "post", "",
                "{}",   "",  retry("503"),         1,  kNoon + 5000, 0};
  ASSERT_TRUE(update(*store_, {run, {effect}, {{run.id, "1", 1, kNoon, 9, retry("503"), "[]"}}}).ok());
  effect.state = EffectState::done;
  effect.error.reset();
  effect.due_ms = 0;
  ASSERT_TRUE(update(*store_, {run, {effect}, {{run.id, "1", 2, kNoon + 5000, 9, {}, "[]"}}}).ok());
  const RunDetail got = must_find(run.id);
  ASSERT_EQ(got.effects.size(), 1u);
  EXPECT_EQ(got.effects[0].state, EffectState::done);
  EXPECT_FALSE(got.effects[0].error);
  EXPECT_EQ(got.effects[0].due_ms, 0);
  EXPECT_EQ(got.attempts.size(), 2u);
}

TEST_P(Runs, TheOutcomeOfAnAttemptReplacesTheNoteThatItBegan) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  const store::Run run = arrival.runs[0].run;
  Effect effect{run.id, "1", EffectState::pending, "", "http", "post", "", "{}", "", {}, 0, 0, 0};
  ASSERT_TRUE(update(*store_, {run, {effect}, {{run.id, "1", 1, kNoon, 0, retry("it began"), "[]"}}}).ok());
  effect.state = EffectState::done;
  effect.attempts = 1;
  ASSERT_TRUE(update(*store_, {run, {effect}, {{run.id, "1", 1, kNoon, 9, {}, R"([{"status":200}])"}}}).ok());
  const RunDetail got = must_find(run.id);
  ASSERT_EQ(got.attempts.size(), 1u);
  EXPECT_FALSE(got.attempts[0].error);
  EXPECT_EQ(got.attempts[0].number, 1);
  EXPECT_EQ(got.attempts[0].took_ms, 9);
  EXPECT_EQ(got.attempts[0].exchanges, R"([{"status":200}])");
}

TEST_P(Runs, AnUpdateWithoutATraceKeepsTheOneThatIsThere) {
  const Arrival arrival = sample_arrival();
  must_arrive(arrival);
  store::Run run = arrival.runs[0].run;
  run.state = RunState::waiting;
  run.due_ms = kNoon + 1;
  run.trace = "[1]";
  ASSERT_TRUE(update(*store_, {run, {}, {}}).ok());
  run.state = RunState::queued;
  run.trace = "";
  run.reply = "{}";
  ASSERT_TRUE(update(*store_, {run, {}, {}}).ok());
  const RunDetail got = must_find(run.id);
  EXPECT_EQ(got.run.trace, "[1]");
  EXPECT_EQ(got.run.reply, "{}");
  EXPECT_EQ(got.run.due_ms, 0);
}

TEST_P(Runs, AnUpdateOfAnUnknownRunIsAnErrorThatNamesIt) {
  const store::Run stranger = sample_run(sample_event());
  auto updated = update(*store_, {stranger, {}, {}});
  ASSERT_FALSE(updated.ok());
  EXPECT_EQ(updated.error().code, "no_such_run");
  EXPECT_NE(updated.error().message.find(stranger.id), std::string::npos);
}

TEST_P(Runs, OnlyQueuedAndDueWaitingRunsAreDue) {
  std::vector<std::string> expected;
  for (RunState state : {RunState::queued, RunState::waiting, RunState::parked, RunState::succeeded,
                         RunState::filtered, RunState::stopped, RunState::failed}) {
    const Arrival arrival = sample_arrival();
    must_arrive(arrival);
    const store::Run run = arrival.runs[0].run;
    if (state != RunState::queued) must_become(run, state, state == RunState::waiting ? kNoon + 100 : 0);
    if (state == RunState::queued || state == RunState::waiting) expected.push_back(run.id);
    EXPECT_EQ(counted(state), 1) << to_string(state);
  }
  EXPECT_EQ(due(kNoon + 99), std::vector<std::string>{expected[0]});
  EXPECT_EQ(due(kNoon + 100), expected);
  EXPECT_EQ(reader_->next_due_ms(kNoon + 99).value(), kNoon + 100);
  EXPECT_EQ(reader_->next_due_ms(kNoon + 100).value(), std::nullopt);
}

TEST_P(Runs, QueuedOnesComeOldestFirstAndWokenOnesInTheOrderOfWaking) {
  std::vector<std::string> queued, woken;
  for (int i = 0; i < 14; ++i) {
    const Arrival arrival = sample_arrival({}, kNoon + i);
    must_arrive(arrival);
    const store::Run& run = arrival.runs[0].run;
    if (i % 2 == 0) {
      queued.push_back(run.id);
    } else {
      must_become(run, RunState::waiting, kNoon + 100 - i);  // the latest wakes first
      woken.insert(woken.begin(), run.id);
    }
  }
  std::vector<std::string> paged;
  for (std::string after;;) {
    const auto page = reader_->queued_runs(after, 3).value();
    EXPECT_LE(page.size(), 3u);
    if (page.empty()) break;
    paged.insert(paged.end(), page.begin(), page.end());
    after = page.back();
  }
  EXPECT_EQ(paged, queued);
  paged.clear();
  for (Reader::Waiting after;;) {
    const auto page = reader_->woken_runs(kNoon + 1000, after, 3).value();
    EXPECT_LE(page.size(), 3u);
    if (page.empty()) break;
    for (const Reader::Waiting& run : page) paged.push_back(run.id);
    after = page.back();
  }
  EXPECT_EQ(paged, woken);
}

TEST_P(Runs, UnknownIdsAreNotFoundRatherThanErrors) {
  for (const std::string& id : {std::string(), std::string("nonsense"), new_id(kNoon)}) {
    EXPECT_EQ(reader_->event(id).value(), std::nullopt);
    auto run = reader_->run(id);
    ASSERT_TRUE(run.ok());
    EXPECT_FALSE(run->has_value());
  }
}

}  // namespace waggle::store::testing
