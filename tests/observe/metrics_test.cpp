#include "core/observe/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace waggle::observe {
namespace {

using testing::HasSubstr;

TEST(Metrics, ShowsCountersByLabel) {
  Metrics metrics;
  Counter shop = metrics.events_received("my-shop");
  shop.add();
  shop.add(2);
  metrics.events_received("my-shop").add();
  metrics.events_duplicate("my-shop").add();
  metrics.runs("orders", "failed").add();
  metrics.effects("slack", "post_message", "done").add();
  std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE waggle_events_received_total counter\n"));
  EXPECT_THAT(text, HasSubstr("waggle_events_received_total{source=\"my-shop\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("waggle_events_duplicate_total{source=\"my-shop\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("waggle_runs_total{flow=\"orders\",state=\"failed\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr("waggle_effects_total{action=\"post_message\",connector=\"slack\",outcome=\"done\"} 1\n"));
}

TEST(Metrics, ShowsGaugesAndHistogramsFromTheStart) {
  Metrics metrics;
  EXPECT_THAT(metrics.text(), HasSubstr("waggle_runs_in_memory 0\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("waggle_store_queued_bytes 0\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("waggle_ack_seconds_count 0\n"));
  metrics.store_queued_bytes().set(7);
  metrics.ack_time().observe(std::chrono::milliseconds(3));
  metrics.effect_time("slack").observe(std::chrono::seconds(31));
  std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("waggle_store_queued_bytes 7\n"));
  EXPECT_THAT(text, HasSubstr("waggle_ack_seconds_bucket{le=\"0.0025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("waggle_ack_seconds_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("waggle_effect_seconds_bucket{connector=\"slack\",le=\"30\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("waggle_effect_seconds_bucket{connector=\"slack\",le=\"+Inf\"} 1\n"));
}

TEST(Metrics, EscapesLabelValues) {
  Metrics metrics;
  metrics.events_received("path:/a\"b\\c\nd").add();
  EXPECT_THAT(metrics.text(), HasSubstr(R"({source="path:/a\"b\\c\nd"} 1)"));
}

TEST(Metrics, CountsExactlyFromManyThreadsAndIsCheap) {
  Metrics metrics;
  Counter counter = metrics.events_received("busy");
  std::vector<std::thread> threads;
  constexpr int each = 100'000;
  auto start = std::chrono::steady_clock::now();
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i) counter.add();
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::seconds(2));  // 20,000 events/s need 1 % of this speed
  EXPECT_THAT(metrics.text(), HasSubstr("{source=\"busy\"} 400000\n"));
}

}  // namespace
}  // namespace waggle::observe
