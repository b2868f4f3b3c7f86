// When an app is left alone, and who may call it at all: the pure parts, with a clock of the test's own.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <vector>

#include "core/engine/destinations.hpp"

namespace waggle::engine {
namespace {

constexpr std::int64_t second = 1000;

TEST(Breaker, OpensAfterTenFailuresInARowAndNotAfterNine) {
  Breaker breaker;
  for (int i = 0; i < 9; ++i) EXPECT_EQ(breaker.ended(false, false, i), Breaker::Change::none);
  EXPECT_EQ(breaker.ask(9), 0);
  EXPECT_EQ(breaker.ended(false, false, 9), Breaker::Change::opened);
  EXPECT_EQ(breaker.ask(9), 30 * second);
  EXPECT_EQ(breaker.why(), "10 failures in a row");
}

TEST(Breaker, OpensWhenSeventyPercentOfTenFailWithinFiveMinutes) {
  Breaker breaker;
  const bool outcomes[] = {false, false, true, false, false, true, false, false, true, false};
  for (int i = 0; i < 9; ++i) EXPECT_EQ(breaker.ended(outcomes[i], false, i), Breaker::Change::none) << i;
  EXPECT_EQ(breaker.ended(outcomes[9], false, 9), Breaker::Change::opened);
  EXPECT_EQ(breaker.why(), "7 of 10 calls failed within 5 minutes");
}

TEST(Breaker, ForgetsWhatIsOlderThanFiveMinutes) {
  Breaker breaker;
  for (int i = 0; i < 6; ++i) breaker.ended(false, false, i);
  breaker.ended(true, false, 6);
  const std::int64_t later = 5 * 60 * second + 20 * second;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(breaker.ended(false, false, later + i), Breaker::Change::none) << "three of three are not ten";
}

TEST(Breaker, LetsOneProbeThroughAndDoublesItsPauseUpToTenMinutes) {
  Breaker breaker;
  for (int i = 0; i < 10; ++i) breaker.ended(false, false, 0);
  std::int64_t now = 0;
  for (const std::int64_t pause : {30, 60, 120, 240, 480, 600, 600}) {
    EXPECT_GT(breaker.ask(now + pause * second - 1), 0);
    now += pause * second;
    EXPECT_EQ(breaker.ask(now), 0);
    EXPECT_TRUE(breaker.probing());
    EXPECT_GT(breaker.ask(now), 0) << "one probe only";
    EXPECT_EQ(breaker.ended(false, true, now), Breaker::Change::opened);
  }
  now += 600 * second;
  EXPECT_EQ(breaker.ask(now), 0);
  EXPECT_EQ(breaker.ended(true, true, now), Breaker::Change::closed);
  EXPECT_EQ(breaker.ask(now), 0);
  EXPECT_EQ(breaker.ended(false, false, now), Breaker::Change::none) << "what was before is forgotten";
}

TEST(Breaker, IgnoresCallsThatBeganBeforeItOpened) {
  Breaker breaker;
  for (int i = 0; i < 10; ++i) breaker.ended(false, false, 0);
  EXPECT_EQ(breaker.ended(false, false, 1), Breaker::Change::none);
  EXPECT_EQ(breaker.ended(true, false, 1), Breaker::Change::none);
  EXPECT_EQ(breaker.ask(1), 30 * second - 1);
}

TEST(Breaker, GivesTheProbeToTheNextOneWhenItWasLost) {
  Breaker breaker;
  for (int i = 0; i < 10; ++i) breaker.ended(false, false, 0);
  EXPECT_EQ(breaker.ask(30 * second), 0);
  breaker.probe_lost();
  EXPECT_EQ(breaker.ask(30 * second), 0);
}

class Calls : public ::testing::Test {
 protected:
  Destination::Answer ask(std::int64_t now_ms) {
    return destination_->ask(
        limits_, now_ms, [this](std::shared_ptr<Ticket> ticket) { called_.push_back(std::move(ticket)); });
  }
  void fail(const std::shared_ptr<Ticket>& ticket, std::int64_t now_ms) {
    ticket->ended(retry("503"), now_ms);
  }

  std::vector<bool> heard_;
  std::shared_ptr<Destination> destination_ = std::make_shared<Destination>(
      "app", [this](const Destination&, bool opened) { heard_.push_back(opened); });
  DestinationLimits limits_{2, 3, {}};
  std::vector<std::shared_ptr<Ticket>> called_;
};

TEST_F(Calls, GoUpToAtOnceThenStandInLineThenLeave) {
  std::vector<std::shared_ptr<Ticket>> at_work;
  for (int i = 0; i < 2; ++i) at_work.push_back(ask(0).ticket);
  for (int i = 0; i < 3; ++i) {
    const auto answer = ask(0);
    EXPECT_FALSE(answer.ticket);
    EXPECT_EQ(answer.wait_ms, 0) << "in line";
  }
  const auto sixth = ask(0), seventh = ask(0);
  EXPECT_GT(sixth.wait_ms, longest_nap_ms);
  EXPECT_GT(seventh.wait_ms, sixth.wait_ms) << "each has a moment of its own";
  EXPECT_NE(sixth.why.find("2 calls under way"), std::string::npos) << sixth.why;
  at_work[0]->ended({}, 10);
  ASSERT_EQ(called_.size(), 1u);
  EXPECT_TRUE(called_[0]);
  at_work[1].reset();
  EXPECT_EQ(called_.size(), 2u) << "a dropped call frees its place too";
  EXPECT_EQ(destination_->status().at_work, 2u);
  called_.erase(called_.begin());
  called_.clear();
  EXPECT_EQ(destination_->status().in_line, 0u);
}

TEST_F(Calls, AreLeftWaitingWhileTheAppIsLeftAlone) {
  limits_ = {20, 20, {}};
  std::vector<std::shared_ptr<Ticket>> at_work;
  for (int i = 0; i < 20; ++i) at_work.push_back(ask(0).ticket);
  EXPECT_EQ(ask(0).wait_ms, 0);
  for (int i = 0; i < 10; ++i) fail(at_work[static_cast<std::size_t>(i)], 5);
  EXPECT_EQ(heard_, std::vector<bool>{true});
  ASSERT_EQ(called_.size(), 1u);
  // The place of the first that failed went to the one in line; whoever waits now hears that nothing goes.
  const auto waits = ask(6);
  EXPECT_FALSE(waits.ticket);
  EXPECT_GE(waits.wait_ms, 29 * second);
  EXPECT_NE(waits.why.find("10 failures in a row"), std::string::npos);
  const auto probe = ask(31 * second);
  ASSERT_TRUE(probe.ticket);
  EXPECT_FALSE(ask(31 * second).ticket);
  probe.ticket->ended({}, 32 * second);
  EXPECT_EQ(heard_, (std::vector<bool>{true, false}));
  EXPECT_TRUE(ask(32 * second).ticket);
}

TEST_F(Calls, ThatWaitForADeadAppDoNotComeBackAllAtOnce) {
  limits_ = {20, 20, {}};
  for (int i = 0; i < 10; ++i) fail(ask(0).ticket, 5);
  std::map<std::int64_t, int> in_second;
  for (int i = 0; i < 100'000; ++i) ++in_second[ask(6).wait_ms / second];
  for (const auto& [at, how_many] : in_second) EXPECT_LE(how_many, 1000) << "after " << at << " s";
  EXPECT_EQ(in_second.begin()->first, 29);
}

/// How much later than the first of so many that find no room the last one is to come back.
std::int64_t spread_of(int how_many, const std::function<Destination::Answer()>& ask) {
  const std::int64_t first = ask().wait_ms;
  for (int i = 1; i + 1 < how_many; ++i) ask();
  return ask().wait_ms - first;
}

TEST_F(Calls, ThatFindNoRoomComeBackSoonerWhenTheAppIsQuickAndWell) {
  limits_ = {2, 0, {}};
  for (int i = 0; i < 100; ++i) ask(0).ticket->ended({}, 0);  // in no time
  const auto under_way = {ask(10).ticket, ask(10).ticket};
  EXPECT_NEAR(static_cast<double>(spread_of(4'001, [this] { return ask(10); })), 1'000, 2);
  EXPECT_NEAR(static_cast<double>(spread_of(4'001, [this] { return ask(5'000); })), 4'000, 2)
      << "what it was like five seconds ago says nothing";
  EXPECT_EQ(under_way.size(), 2u);
}

TEST_F(Calls, StandInALongerLineWhileTheAppWillCallThemSoon) {
  limits_ = {2, 3, {}, 50};
  const auto in_line = [this](std::int64_t now_ms) {
    const std::vector<std::shared_ptr<Ticket>> under_way = {ask(now_ms).ticket, ask(now_ms).ticket};
    while (ask(now_ms).wait_ms == 0) continue;
    const std::size_t many = destination_->status().in_line;
    destination_->close();
    return many;
  };
  const auto fresh = [this] {
    destination_ = std::make_shared<Destination>("app", [](const Destination&, bool) {});
  };
  EXPECT_EQ(in_line(0), 3u) << "nothing is known of the app";
  fresh();
  for (int i = 0; i < 100; ++i) ask(0).ticket->ended({}, 0);
  EXPECT_EQ(in_line(10), 50u) << "it answers at once";
  fresh();
  for (int i = 0; i < 100; ++i) ask(0).ticket->ended({}, 0);
  EXPECT_EQ(in_line(5'000), 3u) << "it has not answered of late";
  fresh();
  for (int i = 0; i < 100; ++i) ask(i * 200).ticket->ended({}, (i + 1) * 200);
  EXPECT_NEAR(static_cast<double>(in_line(20'000)), 10, 1) << "two at a time, 200 ms each: ten a second";
}

TEST_F(Calls, ThatTheAppRefusesShowThatItLives) {
  limits_ = {20, 20, {}};
  for (int i = 0; i < 20; ++i) ask(0).ticket->ended(failed("422"), 1);
  for (int i = 0; i < 20; ++i) ask(0).ticket->ended(bug("ours"), 1);
  EXPECT_TRUE(heard_.empty());
}

TEST_F(Calls, KeepTheRate) {
  limits_ = {100, 100, flows::Rate{3, std::chrono::seconds(1)}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(i * 10).ticket);
  const auto fourth = ask(30);
  EXPECT_FALSE(fourth.ticket);
  EXPECT_EQ(fourth.wait_ms, 970);
  EXPECT_GT(ask(30).wait_ms, 970);
  EXPECT_NE(fourth.why.find("3/1s"), std::string::npos) << fourth.why;
  EXPECT_TRUE(ask(1000).ticket);
  EXPECT_FALSE(ask(1000).ticket);
  EXPECT_TRUE(ask(1010).ticket);
}

class ManyHosts : public ::testing::Test {
 protected:
  std::shared_ptr<Ticket> ask(const std::string& name, const DestinationLimits& limits = {1, 1, {}}) {
    return destinations_.of(name)->ask(limits, 0, [](const std::shared_ptr<Ticket>&) {}).ticket;
  }
  void fail_until_left_alone(const std::string& name) {
    for (int i = 0; i < breaker_failures_in_row; ++i) ask(name)->ended(retry("503"), 1);
  }
  void fill(const std::string& prefix) {
    for (std::size_t i = 0; i < most_destinations; ++i) fail_until_left_alone(prefix + std::to_string(i));
  }
  Breaker::State state_of(const std::string& name) { return destinations_.of(name)->status().state; }

  observe::Log log_{{observe::LogFormat::text, observe::Level::error, {}, {}}};
  observe::Metrics metrics_;
  Destinations destinations_{log_, metrics_};
};

TEST_F(ManyHosts, ThatFailAreForgottenFromTheOneNotCalledForTheLongestTime) {
  fail_until_left_alone("first");
  fail_until_left_alone("second");
  destinations_.held(*destinations_.of("second"));
  for (std::size_t i = 2; i < most_destinations; ++i) fail_until_left_alone("http://" + std::to_string(i));
  EXPECT_EQ(state_of("first"), Breaker::State::open) << "at the limit nothing is forgotten";
  fail_until_left_alone("one more");
  EXPECT_EQ(destinations_.all().size(), most_destinations);
  EXPECT_EQ(metrics_.text().find("\"second\""), std::string::npos) << "nor do its metrics stay";
  EXPECT_NE(metrics_.text().find("waggle_destination_open{destination=\"first\"} 1"), std::string::npos);
  EXPECT_EQ(state_of("first"), Breaker::State::open);
  EXPECT_EQ(state_of("second"), Breaker::State::closed) << "it is new";
  fill("http://again/");
  EXPECT_EQ(destinations_.all().size(), most_destinations);
}

TEST_F(ManyHosts, AreNotForgottenWhileTheyHaveCallsOrARate) {
  const auto ticket = ask("at work");
  EXPECT_FALSE(ask("at work")) << "stands in line";
  const DestinationLimits one_an_hour{1, 1, flows::Rate{1, std::chrono::hours(1)}};
  ask("with a rate", one_an_hour)->ended({}, 1);
  fill("http://");
  fill("https://");
  EXPECT_EQ(destinations_.all().size(), most_destinations);
  const auto status = destinations_.of("at work")->status();
  EXPECT_EQ(status.at_work, 1u);
  EXPECT_EQ(status.in_line, 1u);
  EXPECT_FALSE(ask("with a rate", one_an_hour));
}

TEST(DestinationOfUrl, IsSchemeHostAndPort) {
  const auto of = [](std::string_view input) { return destination_of_url("http", input); };
  EXPECT_EQ(of(R"({"url":"https://Api.Shop.test:8443/orders?x=1#y","json":{}})"),
            "https://api.shop.test:8443");
  EXPECT_EQ(of(R"({"json":{"url":"http://other"},"text":"\"url\":\"","url":"http://a:b@shop.test"})"),
            "http://shop.test");
  EXPECT_EQ(of(R"({"url":"https://shop.test?x=http://a@b/"})"), "https://shop.test");
  for (const char* input : {"{}", R"({"url":5})", R"({"url":"no address"})",
                            R"({"json":[{"url":"http://a"}]})", "", R"({"url":"http:\/\/a"})", "{\"url\":\""})
    EXPECT_EQ(of(input), "http") << input;
}

}  // namespace
}  // namespace waggle::engine
