// The contract that every backend keeps. A backend is a line in `backends()`; the tests in contract_*.cpp run
// over all of them.
#pragma once

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/store/samples.hpp"

namespace waggle::store::testing {

struct Backend {
  std::string name;
  std::function<Result<std::unique_ptr<Store>>(const StoreOptions&)> open;
};
inline void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }

inline std::vector<Backend> backends() { return {{"sqlite", open_sqlite}}; }

class Contract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override { open(); }

  void open() {
    StoreOptions options;
    options.data_dir = folder_.path("data");
    auto opened = GetParam().open(options);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
    auto reader = store_->reader();
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    reader_ = std::move(*reader);
  }
  void reopen() {
    reader_.reset();
    store_->close();
    store_.reset();
    open();
  }
  Arrived must_arrive(const Arrival& arrival) {
    auto arrived = arrive(*store_, arrival);
    EXPECT_TRUE(arrived.ok()) << arrived.error().message;
    return arrived.ok() && !arrived->empty() ? arrived->front() : Arrived{};
  }
  /// Brings an arrived run into a state.
  void must_become(store::Run run, RunState state, std::int64_t due_ms = 0) {
    run.state = state;
    run.due_ms = due_ms;
    if (is_final(state)) run.ended_ms = run.created_ms + 5;
    auto updated = update(*store_, {run, {}, {}});
    ASSERT_TRUE(updated.ok()) << updated.error().message;
  }
  RunDetail must_find(const std::string& run_id) {
    auto found = reader_->run(run_id);
    EXPECT_TRUE(found.ok()) << found.error().message;
    EXPECT_TRUE(found.ok() && found->has_value()) << run_id;
    return found.ok() && *found ? **found : RunDetail{};
  }
  /// Runs to go on with, oldest first: queued, or woken by then.
  std::vector<std::string> due(std::int64_t now_ms) {
    constexpr int all = 10'000;
    auto ids = reader_->queued_runs({}, all);
    auto woken = reader_->woken_runs(now_ms, {}, all);
    EXPECT_TRUE(ids.ok() && woken.ok());
    if (!ids.ok() || !woken.ok()) return {};
    for (const Reader::Waiting& run : *woken) ids->push_back(run.id);
    std::sort(ids->begin(), ids->end());
    return *ids;
  }
  std::int64_t counted(RunState state) {
    auto counts = reader_->run_counts();
    EXPECT_TRUE(counts.ok());
    for (const auto& [which, runs] : *counts)
      if (which == state) return runs;
    return 0;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;  // after the store: ends first
};

inline std::string backend_name(const ::testing::TestParamInfo<Backend>& info) { return info.param.name; }

}  // namespace waggle::store::testing
