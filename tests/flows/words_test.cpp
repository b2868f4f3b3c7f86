// Durations, suggestions, retry plans, problems as text.
#include <gtest/gtest.h>

#include "flows/duration.hpp"
#include "flows/flow.hpp"
#include "flows/rate.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("2w"), 336h);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Duration, RefusesTheRest) {
  for (const char* text : {"", "10", "s", "-5s", "10 s", "30m1h", "1h1h", "1e9d", "inf", "nand", "5y", "1h "})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, IsTakenUpToItsLimit) {
  EXPECT_EQ(parse_duration("3660d"), max_duration);
  EXPECT_FALSE(parse_duration("3660d1ms"));
}

TEST(Duration, IsWrittenInTheLargestUnits) {
  EXPECT_EQ(to_text(90min), "1h30m");
  EXPECT_EQ(to_text(0ms), "0s");
  EXPECT_EQ(to_text(std::chrono::milliseconds(168h) + 5ms), "7d5ms");
}

TEST(Rate, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_rate("10/min"), (Rate{10, 1min}));
  EXPECT_EQ(parse_rate("5/s"), (Rate{5, 1s}));
  EXPECT_EQ(parse_rate("3/1h30m"), (Rate{3, 90min}));
  EXPECT_EQ(parse_rate("10000/d"), (Rate{10'000, 24h}));
  EXPECT_EQ(to_text(Rate{10, 1min}), "10/1m");
}

TEST(Rate, RefusesTheRest) {
  for (const char* text :
       {"", "10", "/s", "10/", "0/s", "-1/s", "10001/d", "1.5/s", "10/0s", "10 / s", "10/month"})
    EXPECT_FALSE(parse_rate(text)) << text;
}

TEST(Suggestion, FindsTypingSlipsAndNothingFarther) {
  std::vector<std::string> words{"slack.post_message", "books.add_entry", "steps", "map"};
  EXPECT_EQ(nearest("slack.post_mesage", words), "slack.post_message");
  EXPECT_EQ(nearest("slack.post-message", words), "slack.post_message");
  EXPECT_EQ(nearest("stesp", words), "steps");
  EXPECT_EQ(nearest("Map", words), "map");
  EXPECT_EQ(nearest("webhook", words), "");
  EXPECT_EQ(did_you_mean("zzzzzz", {"a", "b"}), "known: a, b");
}

TEST(RetryPlans, HaveTheDocumentedPauses) {
  EXPECT_EQ(named_retry_plan("none")->delays.size(), 0u);
  EXPECT_EQ(named_retry_plan("normal")->delays,
            (std::vector<std::chrono::milliseconds>{5s, 30s, 5min, 30min, 2h, 5h, 10h, 24h, 24h}));
  EXPECT_GT(named_retry_plan("patient")->delays.size(), 9u);
  EXPECT_FALSE(named_retry_plan("forever"));
}

TEST(ProblemText, SaysPlaceSeverityCodeMessageAndHint) {
  Problem problem{{"flows/a.yaml", 14, 7},
                  Severity::error,
                  "unknown_action",
                  "there is no action `x`",
                  "did you mean `y`?"};
  EXPECT_EQ(problem.to_text(),
            "flows/a.yaml:14:7 error unknown_action there is no action `x`; did you mean `y`?");
  Problem whole{{"waggle.yaml", 0, 0}, Severity::warning, "old", "it is old", ""};
  EXPECT_EQ(whole.to_text(), "waggle.yaml warning old it is old");
}

}  // namespace
}  // namespace waggle::flows
