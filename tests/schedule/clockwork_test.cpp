#include "core/schedule/clockwork.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/schedule/fakes.hpp"

namespace waggle::schedule {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::int64_t start = 1795430865123;  // 2026-11-23T10:47:45.123Z
constexpr std::int64_t next_minute = 1795430880000;

class ClockworkTest : public testing::Test {
 protected:
  ClockworkTest() { make(); }

  void make() {
    clockwork_.reset();
    clockwork_ = std::make_unique<Clockwork>(Clockwork::Parts{
        loop_, store_, log_, [this] { return now_; },
        [this](const Tick& tick, std::function<void(Result<void>)> done) { fire(tick, done); }});
  }
  void set(const char* json, const char* missed = "once") {
    Json settings = *Json::parse(json);
    settings.set("missed", missed);
    auto schedule = schedule_from(settings);
    ASSERT_TRUE(schedule.ok()) << schedule.error().message;
    ASSERT_TRUE(clockwork_->set({Job{"nightly", *schedule}}).ok());
  }
  void pass(std::int64_t ms) {
    loop_.pass(ms, [this](std::int64_t step) { now_ += step; });
  }
  void fire(const Tick& tick, const std::function<void(Result<void>)>& done) {
    ticks_.push_back(tick);
    fired_.push_back(tick.planned_ms);
    if (hold_) {
      held_ = done;
      return;
    }
    if (fail_) return done(retry("disk full"));
    store_.cursors[tick.cursor] = tick.planned_ms;
    done({});
  }

  std::int64_t now_ = start;
  FakeLoop loop_;
  CursorStore store_;
  std::vector<std::string> lines_;
  observe::Log log_{{.write = [this](std::string_view line) { lines_.emplace_back(line); },
                     .now_ms = [this] { return now_; }}};
  std::vector<Tick> ticks_;
  std::vector<std::int64_t> fired_;
  bool fail_ = false, hold_ = false;
  std::function<void(Result<void>)> held_;
  std::unique_ptr<Clockwork> clockwork_;
};

TEST_F(ClockworkTest, FiresEachPlannedTickOnceAndSaysWhen) {
  set(R"({"cron":"* * * * *"})");
  pass(3 * minute);
  EXPECT_THAT(fired_, ElementsAre(next_minute, next_minute + minute, next_minute + 2 * minute));
  EXPECT_EQ(ticks_[0].flow, "nightly");
  EXPECT_EQ(ticks_[0].cursor, "nightly cron * * * * * UTC");
  EXPECT_EQ(ticks_[0].payload,
            R"({"scheduled_for":"2026-11-23T10:48:00.000Z","fired_at":"2026-11-23T10:48:00.000Z"})");
}

TEST_F(ClockworkTest, AFirstStartFiresNothingOfThePast) {
  set(R"({"cron":"* * * * *"})", "all");
  pass(0);
  EXPECT_THAT(fired_, IsEmpty());
  EXPECT_EQ(store_.cursors.at("nightly cron * * * * * UTC"), start);
}

TEST_F(ClockworkTest, ARestartMakesUpForWhatWasMissed) {
  store_.cursors["nightly cron 0 6 * * * UTC"] = start - 4 * day;
  set(R"({"cron":"0 6 * * *"})", "once");
  pass(second);
  EXPECT_EQ(fired_.size(), 1u);
  EXPECT_LT(fired_[0], start);
  EXPECT_EQ(store_.cursors.at("nightly cron 0 6 * * * UTC"), fired_[0]);
}

TEST_F(ClockworkTest, AllFiresTheMissedOneByOneInOrder) {
  store_.cursors["nightly cron 0 6 * * * UTC"] = start - 4 * day;
  set(R"({"cron":"0 6 * * *"})", "all");
  pass(second);
  ASSERT_EQ(fired_.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(fired_[i] - fired_[i - 1], day);
}

TEST_F(ClockworkTest, AChangedRuleStartsFromNow) {
  store_.cursors["nightly cron 0 6 * * * UTC"] = start - 4 * day;
  set(R"({"cron":"0 7 * * *"})", "all");
  pass(second);
  EXPECT_THAT(fired_, IsEmpty());
}

TEST_F(ClockworkTest, AnUnstoredTickIsTriedAgainLaterAndLater) {
  set(R"({"cron":"0 11 * * *"})");
  fail_ = true;
  pass(20 * minute);
  // 11:00:00, then after 1, 2, 4, ... 32 and from then on 60 seconds, until 11:07:45
  EXPECT_EQ(fired_.size(), 13u);
  EXPECT_EQ(std::set<std::int64_t>(fired_.begin(), fired_.end()).size(), 1u) << "always the same tick";
  EXPECT_EQ(lines_.size(), 13u);
  fail_ = false;
  pass(2 * minute);
  EXPECT_EQ(fired_.size(), 14u);
  pass(hour);
  EXPECT_EQ(fired_.size(), 14u);
}

TEST_F(ClockworkTest, NothingElseOfAScheduleFiresWhileATickIsUnderWay) {
  hold_ = true;
  set(R"({"every":"1s"})");
  pass(10 * second);
  EXPECT_EQ(fired_.size(), 1u);
  hold_ = false;
  held_({});
  pass(0);
  EXPECT_EQ(fired_.size(), 2u) << "`once`: what was missed meanwhile is one firing";
}

TEST_F(ClockworkTest, SettingTheSameJobAgainDuringATickDoesNotFireItTwice) {
  hold_ = true;
  set(R"({"cron":"0 11 * * *"})");
  pass(20 * minute);
  set(R"({"cron":"0 11 * * *"})");
  pass(minute);
  EXPECT_EQ(fired_.size(), 1u);
  held_({});
  pass(hour);
  EXPECT_EQ(fired_.size(), 1u);
}

TEST_F(ClockworkTest, ARemovedScheduleFiresNoMore) {
  set(R"({"cron":"* * * * *"})");
  pass(minute);
  ASSERT_TRUE(clockwork_->set({}).ok());
  pass(10 * minute);
  EXPECT_EQ(fired_.size(), 1u);
}

TEST_F(ClockworkTest, AStoppedClockworkFiresNoMore) {
  hold_ = true;
  set(R"({"cron":"* * * * *"})");
  pass(minute);
  clockwork_.reset();
  held_({});
  pass(10 * minute);
  EXPECT_EQ(fired_.size(), 1u);
}

TEST_F(ClockworkTest, AClockThatJumpsForwardFiresSoonAndOnce) {
  set(R"({"cron":"0 * * * *"})");
  pass(second);
  now_ += 10 * 365 * day;
  pass(max_sleep.count());
  EXPECT_EQ(fired_.size(), 1u);
}

TEST_F(ClockworkTest, AClockThatJumpsBackAnHourFiresNoTickTwice) {
  set(R"({"cron":"* * * * *"})");
  pass(5 * minute);
  std::size_t before = fired_.size();
  now_ -= hour;
  pass(30 * minute);
  EXPECT_EQ(fired_.size(), before);
  pass(40 * minute);
  EXPECT_GT(fired_.size(), before);
  EXPECT_EQ(std::set<std::int64_t>(fired_.begin(), fired_.end()).size(), fired_.size());
}

TEST_F(ClockworkTest, AClockThatWasYearsAheadDoesNotSilenceASchedule) {
  now_ += 10 * 365 * day;
  set(R"({"cron":"* * * * *"})");
  pass(5 * minute);
  now_ -= 10 * 365 * day;
  fired_.clear();
  pass(5 * minute);
  EXPECT_GE(fired_.size(), 4u);
  EXPECT_THAT(lines_, testing::Contains(testing::HasSubstr("the clock was set back")));
}

TEST_F(ClockworkTest, ThereIsNoHotLoopWhateverTheClockDoes) {
  set(R"({"cron":"0 0 1 1 *"})");
  for (std::int64_t jump : {std::int64_t{0}, hour, -hour, 10 * 365 * day, -20 * 365 * day}) {
    now_ += jump;
    int before = loop_.wakes;
    pass(10 * minute);
    EXPECT_LE(loop_.wakes - before, 10 * minute / max_sleep.count() + 3) << "after a jump of " << jump;
  }
}

}  // namespace
}  // namespace waggle::schedule
