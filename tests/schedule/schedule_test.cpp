#include "core/schedule/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace waggle::schedule {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "2026-03-29T00:30:00Z" -> Unix ms
std::int64_t at(const std::string& text) {
  std::tm time{};
  EXPECT_NE(strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time), nullptr) << text;
  return static_cast<std::int64_t>(timegm(&time)) * 1000;
}

std::string text_of(std::optional<std::int64_t> ms) {
  if (!ms) return "never";
  std::time_t time = *ms / 1000;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

Schedule schedule(const std::string& json) {
  auto settings = Json::parse(json);
  EXPECT_TRUE(settings.ok()) << json;
  auto made = schedule_from(*settings);
  EXPECT_TRUE(made.ok()) << json << (made.ok() ? "" : made.error().message);
  return made.ok() ? *made : Schedule{};
}

Schedule cron(const std::string& rule, const std::string& zone = "UTC") {
  return schedule(Json{{"cron", rule}, {"timezone", zone}}.dump());
}

bool have_zones() { return std::ifstream(std::string(system_zone_dir) + "/Europe/Berlin").good(); }

// cron_cases.tsv: rule, zone, after, then the ticks that follow, all in UTC.
TEST(Cron, TicksAsTheTableSays) {
  if (!have_zones()) GTEST_SKIP() << "no zone files on this machine";
  std::ifstream table(WAGGLE_SOURCE_DIR "/tests/schedule/cron_cases.tsv");
  int cases = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> columns;
    std::istringstream stream(line);
    for (std::string column; std::getline(stream, column, '\t');) columns.push_back(column);
    ASSERT_GE(columns.size(), 4u) << line;
    Schedule made = cron(columns[0], columns[1]);
    std::int64_t time = at(columns[2]);
    for (std::size_t i = 3; i < columns.size(); ++i) {
      auto next = next_after(made, time);
      EXPECT_EQ(text_of(next), columns[i]) << line;
      if (!next) break;
      time = *next;
    }
    ++cases;
  }
  EXPECT_GT(cases, 30);
}

struct Refusal {
  const char* rule;
  const char* message;
};

TEST(Cron, NamesTheFieldThatIsWrong) {
  const Refusal cases[] = {
      {"60 * * * *", "cron field `minute` (60): 60 is out of range; write 0 to 59"},
      {"0 24 * * *", "cron field `hour` (24): 24 is out of range; write 0 to 23"},
      {"0 0 0 * *", "cron field `day` (0): 0 is out of range; write 1 to 31"},
      {"0 0 * 13 *", "cron field `month` (13): 13 is out of range; write 1 to 12 or names like jan"},
      {"0 0 * * 8", "cron field `weekday` (8): 8 is out of range; write 0 to 7 or names like sun"},
      {"0 0 * * mo", "`mo` is not understood"},
      {"0 0 * * anm", "`anm` is not understood"},
      {"a * * * *", "`minute` (a): `a` is not understood"},
      {"5-1 * * * *", "runs backwards"},
      {"*/0 * * * *", "step behind / must be a number from 1 to 59"},
      {"*/60 * * * *", "step behind /"},
      {"*/x * * * *", "step behind /"},
      {"1, * * * *", "a value is missing"},
      {"-1 * * * *", "a value is missing"},
      {"1--2 * * * *", "`-2` is not understood"},
      {"0 0 ? * *", "write *"},
      {"0 0 L * *", "L, W and # are not supported"},
      {"0 0 * * 5#3", "L, W and # are not supported"},
      {"0 0 15W * *", "L, W and # are not supported"},
      {"0 0 0 * * *", "seconds are not supported"},
      {"* * * *", "has 4"},
      {"", "has 0"},
      {"@reboot", "@reboot is no time"},
      {"@dayly", "`@dayly` is not known"},
      {"0 0 30 2 *", "never comes"},
      {"0 0 31 4,6,9,11 *", "never comes"},
  };
  for (const Refusal& c : cases) {
    auto parsed = Cron::parse(c.rule);
    ASSERT_FALSE(parsed.ok()) << c.rule;
    EXPECT_THAT(parsed.error().message, HasSubstr(c.message)) << c.rule;
    EXPECT_EQ(parsed.error().next, Next::invalid);
  }
}

/// Every tick of a simple search, minute by minute of UTC, with the three rules for changed clocks spelled
/// out.
std::set<std::int64_t> slow_ticks(const Cron& rule, const Zone& zone, std::int64_t begin, std::int64_t end) {
  std::set<std::int64_t> ticks;
  std::set<std::int64_t> shown;  // local minutes that clocks have shown
  std::int64_t before = begin / 60 + zone.offset_at(begin - 60) / 60 - 1;
  for (std::int64_t utc = begin; utc < end; utc += 60) {
    std::int64_t local = (utc + zone.offset_at(utc)) / 60;
    for (std::int64_t skipped = before + 1; skipped < local; ++skipped)
      if (!rule.every_hour() && rule.first_from(skipped) == skipped) ticks.insert(utc);
    bool again = !shown.insert(local).second;
    if (rule.first_from(local) == local && (rule.every_hour() || !again)) ticks.insert(utc);
    before = local;
  }
  return ticks;
}

TEST(Cron, AgreesWithASlowSearchAroundEveryChangeOfTheClock) {
  if (!have_zones()) GTEST_SKIP() << "no zone files on this machine";
  const char* zones[] = {"Europe/Berlin",    "America/New_York",  "Australia/Lord_Howe", "Asia/Gaza",
                         "America/St_Johns", "Africa/Casablanca", "Pacific/Apia",        "Antarctica/Troll"};
  std::mt19937 random(11);
  auto pick = [&](int low, int high) {
    return std::to_string(low + static_cast<int>(random() % (high - low + 1)));
  };
  for (const char* name : zones) {
    auto zone = Zone::load(name);
    ASSERT_TRUE(zone.ok());
    std::int64_t from = 1293840000;  // 2011: Samoa left out a whole day at its end
    for (int change = 0; change < 6; ++change) {
      std::int64_t jump = (*zone)->at(from).end;
      if (jump > 4'000'000'000) break;
      from = jump;
      std::int64_t begin = jump / 60 * 60 - 86400 * 2, end = begin + 86400 * 4;
      for (int i = 0; i < 12; ++i) {
        std::string minute = i % 3 == 0 ? "*/" + pick(7, 40) : pick(0, 59);
        std::string hour = i % 4 == 0   ? "*"
                           : i % 4 == 1 ? pick(0, 3)
                           : i % 4 == 2 ? "*/" + pick(2, 5)
                                        : pick(0, 1) + "-" + pick(2, 4);
        std::string text = minute + " " + hour + " * * " + (i % 5 == 0 ? pick(0, 6) + "," + pick(0, 6) : "*");
        Schedule made = cron(text, name);
        std::set<std::int64_t> expected = slow_ticks(std::get<Cron>(made.rule), **zone, begin, end);
        std::set<std::int64_t> got;
        for (auto tick = next_after(made, begin * 1000 - 1); tick && *tick < end * 1000;
             tick = next_after(made, *tick))
          got.insert(*tick / 1000);
        // The slow search cannot know what was shown before its beginning, two days earlier.
        EXPECT_EQ(got, expected) << text << " in " << name << " around " << text_of(jump * 1000);
        for (int k = 0; k < 20; ++k) {  // and from any instant, not only from tick to tick
          std::int64_t time = begin + static_cast<std::int64_t>(random() % (86400 * 4));
          auto next = expected.upper_bound(time);
          if (next != expected.end()) {
            EXPECT_EQ(next_after(made, time * 1000 + 999), *next * 1000) << text << " " << name;
          }
        }
      }
    }
  }
}

TEST(Every, CountsFromTheEpochSoThatARestartChangesNothing) {
  Schedule ten = schedule(R"({"every":"10m"})");
  EXPECT_EQ(text_of(next_after(ten, at("2026-11-23T10:47:45Z"))), "2026-11-23T10:50:00Z");
  EXPECT_EQ(text_of(next_after(ten, at("2026-11-23T10:50:00Z"))), "2026-11-23T11:00:00Z");
  EXPECT_EQ(text_of(next_after(schedule(R"({"every":"1d"})"), at("2026-11-23T10:47:45Z"))),
            "2026-11-24T00:00:00Z");
  EXPECT_EQ(next_after(schedule(R"({"every":"1s"})"), -1), 0);
}

TEST(Schedule, SaysWhichSettingIsWrong) {
  const Refusal cases[] = {
      {R"({})", "either `cron` or `every`"},
      {R"({"cron":"* * * * *","every":"1m"})", "either `cron` or `every`"},
      {R"({"every":"1m","timezone":"UTC"})", "leave `timezone` out"},
      {R"({"every":"soon"})", "`every: soon` is no duration"},
      {R"({"every":10})", "`every: 10` is no duration"},
      {R"({"every":"500ms"})", "1s to 366d"},
      {R"({"every":"367d"})", "1s to 366d"},
      {R"({"cron":5})", "put it into quotes"},
      {R"({"cron":"* * * * *","missed":"twice"})", "once, skip or all"},
      {R"({"cron":"* * * * *","timezone":"Nowhere"})", "Nowhere"},
      {R"({"cron":"* * * * *","timezon":"UTC"})", "did you mean `timezone`?"},
  };
  for (const Refusal& c : cases) {
    auto made = schedule_from(*Json::parse(c.rule));
    ASSERT_FALSE(made.ok()) << c.rule;
    EXPECT_THAT(made.error().message, HasSubstr(c.message)) << c.rule;
  }
}

std::vector<std::string> due_texts(const char* missed, const char* rule, const char* cursor,
                                   const char* now) {
  Schedule made = schedule(Json{{"cron", rule}, {"missed", missed}}.dump());
  std::vector<std::string> texts;
  for (std::int64_t tick : due_between(made, at(cursor), at(now)).fire) texts.push_back(text_of(tick));
  return texts;
}

TEST(Missed, OnceFiresTheLatestOfMany) {
  EXPECT_THAT(due_texts("once", "0 6 * * *", "2026-11-20T06:00:00Z", "2026-11-23T10:00:00Z"),
              ElementsAre("2026-11-23T06:00:00Z"));
  EXPECT_THAT(due_texts("once", "0 6 * * *", "2026-11-23T06:00:00Z", "2026-11-23T10:00:00Z"), IsEmpty());
  EXPECT_THAT(due_texts("once", "0 6 1 1 *", "2010-11-23T06:00:00Z", "2026-11-23T10:00:00Z"),
              ElementsAre("2026-01-01T06:00:00Z"));
}

TEST(Missed, SkipFiresOnlyWhatIsOnTime) {
  EXPECT_THAT(due_texts("skip", "0 6 * * *", "2026-11-20T06:00:00Z", "2026-11-23T10:00:00Z"), IsEmpty());
  EXPECT_THAT(due_texts("skip", "0 6 * * *", "2026-11-20T06:00:00Z", "2026-11-23T06:00:30Z"),
              ElementsAre("2026-11-23T06:00:00Z"));
  EXPECT_THAT(due_texts("skip", "0 6 * * *", "2026-11-20T06:00:00Z", "2026-11-23T06:00:31Z"), IsEmpty());
}

TEST(Missed, SkipLeavesTheCursorBehindTheSkipped) {
  Schedule made = schedule(R"({"cron":"0 6 * * *","missed":"skip"})");
  Due due = due_between(made, at("2026-11-20T06:00:00Z"), at("2026-11-23T10:00:00Z"));
  EXPECT_EQ(text_of(next_after(made, due.cursor_ms)), "2026-11-24T06:00:00Z");
}

TEST(Missed, AllFiresEachUpToTheLimit) {
  EXPECT_THAT(due_texts("all", "0 6 * * *", "2026-11-20T06:00:00Z", "2026-11-23T10:00:00Z"),
              ElementsAre("2026-11-21T06:00:00Z", "2026-11-22T06:00:00Z", "2026-11-23T06:00:00Z"));
  Schedule made = schedule(R"({"cron":"* * * * *","missed":"all"})");
  std::int64_t now = at("2026-11-23T10:00:00Z");
  auto minutes_ago = [&](std::int64_t minutes) { return due_between(made, now - minutes * 60'000, now); };
  EXPECT_EQ(minutes_ago(max_missed_ticks).fire.size(), max_missed_ticks);
  EXPECT_FALSE(minutes_ago(max_missed_ticks).dropped);
  Due more = minutes_ago(max_missed_ticks + 1);
  EXPECT_EQ(more.fire.size(), max_missed_ticks);
  EXPECT_TRUE(more.dropped);
  EXPECT_EQ(more.fire.back(), now);
}

TEST(Missed, AYearOfMinutesIsLookedThroughQuickly) {
  Schedule made = schedule(R"({"every":"1s","missed":"once"})");
  auto start = std::chrono::steady_clock::now();
  std::int64_t now = at("2026-11-23T10:00:00Z");
  EXPECT_THAT(due_between(made, now - 365 * 86'400'000LL, now).fire, ElementsAre(now));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
}

TEST(Missed, AClockThatWentBackFiresNothing) {
  EXPECT_THAT(due_texts("all", "* * * * *", "2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z"), IsEmpty());
}

}  // namespace
}  // namespace waggle::schedule
