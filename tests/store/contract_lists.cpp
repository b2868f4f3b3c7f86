// Lists: newest first by id, filtered, in pages; and the small things the engine remembers.
#include "tests/store/contract.hpp"

namespace waggle::store::testing {

class Lists : public Contract {
 protected:
  void SetUp() override {
    Contract::SetUp();
    // 12 events of two sources, each with a run of flow a or b, in states by turns.
    const RunState states[] = {RunState::queued, RunState::succeeded, RunState::failed};
    for (int i = 0; i < 12; ++i) {
      Arrival arrival = sample_arrival({}, kNoon + i);
      arrival.event.source = i % 2 == 0 ? "shop" : "path:/data/:account";
      arrival.runs[0].run.flow = i % 4 < 2 ? "a" : "b";
      must_arrive(arrival);
      store::Run run = arrival.runs[0].run;
      if (states[i % 3] != RunState::queued) must_become(run, states[i % 3]);
      run.state = states[i % 3];
      all_.push_back(run);
      sources_.push_back(arrival.event.source);
    }
  }
  /// What a filter must find, newest first.
  template <class Wanted>
  std::vector<std::string> expected(Wanted wanted) {
    std::vector<std::string> ids;
    for (std::size_t i = all_.size(); i-- > 0;)
      if (wanted(all_[i], sources_[i])) ids.push_back(all_[i].id);
    return ids;
  }
  std::vector<std::string> listed(RunFilter filter) {
    auto found = reader_->runs(filter);
    EXPECT_TRUE(found.ok()) << found.error().message;
    std::vector<std::string> ids;
    if (found.ok())
      for (const store::Run& run : *found) ids.push_back(run.id);
    return ids;
  }
  std::vector<store::Run> all_;
  std::vector<std::string> sources_;
};
INSTANTIATE_TEST_SUITE_P(, Lists, ::testing::ValuesIn(backends()), backend_name);

TEST_P(Lists, RunsByFlowStateAndEvent) {
  EXPECT_EQ(listed({}), expected([](auto&, auto&) { return true; }));
  EXPECT_EQ(listed({"a", "", {}, "", 50}), expected([](auto& run, auto&) { return run.flow == "a"; }));
  EXPECT_EQ(listed({"", "", {RunState::failed}, "", 50}),
            expected([](auto& run, auto&) { return run.state == RunState::failed; }));
  EXPECT_EQ(listed({"", "", {RunState::succeeded, RunState::failed}, "", 50}),
            expected([](auto& run, auto&) { return is_final(run.state); }));
  EXPECT_EQ(listed({"b", "", {RunState::queued}, "", 50}),
            expected([](auto& run, auto&) { return run.flow == "b" && run.state == RunState::queued; }));
  EXPECT_EQ(listed({"b", "", {RunState::succeeded}, "", 50}),
            expected([](auto& run, auto&) { return run.flow == "b" && run.state == RunState::succeeded; }));
  EXPECT_EQ(listed({"", all_[4].event_id, {}, "", 50}), std::vector<std::string>{all_[4].id});
  EXPECT_EQ(listed({all_[4].flow, all_[4].event_id, {all_[4].state}, "", 50}),
            std::vector<std::string>{all_[4].id});
  EXPECT_TRUE(listed({"no-such-flow", "", {}, "", 50}).empty());
  EXPECT_TRUE(listed({"", "nonsense", {}, "", 50}).empty());
}

TEST_P(Lists, PagesOfRunsMeetWithoutGapOrOverlap) {
  for (const RunFilter& filter :
       {RunFilter{}, RunFilter{"a", "", {}, "", 0}, RunFilter{"", "", {RunState::failed}, "", 0}}) {
    RunFilter whole = filter, page = filter;
    whole.limit = 50;
    page.limit = 2;
    std::vector<std::string> paged;
    for (auto ids = listed(page); !ids.empty(); ids = listed(page)) {
      paged.insert(paged.end(), ids.begin(), ids.end());
      page.before_id = ids.back();
    }
    EXPECT_EQ(paged, listed(whole));
  }
}

TEST_P(Lists, EventsBySourceInPagesWithoutTheirBodies) {
  EventFilter filter{"path:/data/:account", "", 4};
  auto first = reader_->events(filter);
  ASSERT_TRUE(first.ok()) << first.error().message;
  ASSERT_EQ(first->size(), 4u);
  EXPECT_EQ(first->front().id, all_[11].event_id);
  EXPECT_EQ(first->front().source, "path:/data/:account");
  EXPECT_EQ(first->front().body, "");
  EXPECT_NE(first->front().meta, "");
  filter.before_id = first->back().id;
  auto second = reader_->events(filter);
  ASSERT_EQ(second->size(), 2u);
  EXPECT_EQ(second->back().id, all_[1].event_id);
  EXPECT_EQ(reader_->events({})->size(), 12u);
  EXPECT_TRUE(reader_->events({"no-such-source", "", 5})->empty());
}

TEST_P(Lists, AFlowVersionIsKeptAsFirstSaved) {
  const auto save = [&](const std::string& bundle) {
    return wait_for<void>(
        [&](auto done) { store_->save_flow_version("v1", "a", bundle, kNoon, std::move(done)); });
  };
  EXPECT_EQ(reader_->flow_bundle("v1").value(), std::nullopt);
  ASSERT_TRUE(save(R"({"a":"waggle: 1"})").ok());
  ASSERT_TRUE(save("something else").ok());
  reopen();
  EXPECT_EQ(reader_->flow_bundle("v1").value(), R"({"a":"waggle: 1"})");
}

}  // namespace waggle::store::testing
