#include "core/schedule/zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <sstream>

#include "core/schedule/posix_rule.hpp"

namespace waggle::schedule {
namespace {

std::vector<std::string> all_zones() {
  std::vector<std::string> names;
  std::ifstream table(std::string(system_zone_dir) + "/zone1970.tab");
  for (std::string line; std::getline(table, line);) {
    std::istringstream columns(line);
    std::string countries, place, name;
    if (line[0] != '#' && columns >> countries >> place >> name) names.push_back(name);
  }
  return names;
}

std::string bytes_of(const std::string& zone) {
  std::ifstream file(std::string(system_zone_dir) + "/" + zone, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

/// The C library's opinion, from the same files by other code.
std::int32_t offset_of_libc(std::int64_t utc_seconds) {
  std::time_t time = utc_seconds;
  std::tm local{};
  localtime_r(&time, &local);
  return static_cast<std::int32_t>(local.tm_gmtoff);
}

TEST(Zone, AgreesWithTheCLibraryInEveryZoneUntil2100) {
  std::vector<std::string> zones = all_zones();
  if (zones.empty()) GTEST_SKIP() << "no zone files on this machine";
  const char* before = std::getenv("TZ");
  std::string restore = before != nullptr ? before : "";
  std::mt19937_64 random(42);
  for (const std::string& name : zones) {
    auto zone = Zone::load(name);
    ASSERT_TRUE(zone.ok()) << zone.error().message;
    setenv("TZ", name.c_str(), 1);
    tzset();
    for (int i = 0; i < 100; ++i) {
      auto time = static_cast<std::int64_t>(random() % 4102444800);
      EXPECT_EQ((*zone)->offset_at(time), offset_of_libc(time)) << name << " at " << time;
      // At both sides of every change of the clock.
      Zone::Stretch stretch = (*zone)->at(time);
      if (stretch.begin > 0) {
        EXPECT_EQ((*zone)->offset_at(stretch.begin), offset_of_libc(stretch.begin)) << name;
        EXPECT_EQ((*zone)->offset_at(stretch.begin - 1), offset_of_libc(stretch.begin - 1)) << name;
      }
    }
  }
  before != nullptr ? setenv("TZ", restore.c_str(), 1) : unsetenv("TZ");
  tzset();
}

TEST(Zone, KeepsDaylightSavingAfterTheLastListedChange) {
  auto zone = Zone::load("Europe/Berlin");
  if (!zone.ok()) GTEST_SKIP() << zone.error().message;
  EXPECT_EQ((*zone)->offset_at(2540548800), 3600 * 2);  // 2050-07-04
  EXPECT_EQ((*zone)->offset_at(2524608000), 3600 * 1);  // 2050-01-01
}

TEST(Zone, StretchesJoinWithoutGaps) {
  auto zone = Zone::load("America/New_York");
  if (!zone.ok()) GTEST_SKIP() << zone.error().message;
  Zone::Stretch stretch = (*zone)->at(0);
  for (int i = 0; i < 100; ++i) {
    Zone::Stretch next = (*zone)->at(stretch.end);
    EXPECT_EQ(next.begin, stretch.end);
    EXPECT_NE(next.offset, stretch.offset);
    stretch = next;
  }
}

TEST(Zone, NamesTheNearestZone) {
  if (all_zones().empty()) GTEST_SKIP() << "no zone files on this machine";
  auto message = [](const char* name) {
    auto zone = Zone::load(name);
    return zone.ok() ? "loaded" : zone.error().message;
  };
  EXPECT_EQ(message("Europe/Berln"), "there is no time zone Europe/Berln; did you mean Europe/Berlin?");
  EXPECT_EQ(message("Berlin"), "there is no time zone Berlin; did you mean Europe/Berlin?");
  EXPECT_THAT(message("Nowhere"), testing::HasSubstr("like Europe/Berlin"));
  EXPECT_THAT(message("../../etc/passwd"), testing::StartsWith("there is no time zone"));
  EXPECT_THAT(message("/etc/passwd"), testing::StartsWith("there is no time zone"));
  EXPECT_THAT(message("Europe"), testing::StartsWith("there is no time zone"));
  EXPECT_THAT(message(""), testing::StartsWith("there is no time zone"));
  EXPECT_THAT(message("zone1970.tab"), testing::StartsWith("there is no time zone"));
  EXPECT_EQ(message("UTC"), "loaded");
}

TEST(Zone, SaysWhenAMachineHasNoZoneFiles) {
  auto zone = Zone::load("Europe/Berlin", "/nonexistent");
  EXPECT_THAT(zone.error().message, testing::HasSubstr("install the package tzdata"));
  EXPECT_TRUE(Zone::load("UTC", "/nonexistent").ok());
}

TEST(Zone, RefusesEveryTruncationAndSurvivesEveryFlippedByte) {
  std::string bytes = bytes_of("Europe/Berlin");
  if (bytes.empty()) GTEST_SKIP() << "no zone files on this machine";
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(Zone::from_tzif("x", bytes.substr(0, size)).ok()) << "cut at " << size;
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes;
    damaged[random() % bytes.size()] = static_cast<char>(random());
    if (auto zone = Zone::from_tzif("x", damaged); zone.ok()) (*zone)->at(1'800'000'000);
  }
}

struct RuleCase {
  const char* rule;
  int year;
  std::int64_t first, second;  // Unix seconds, from `date -u -d ... +%s`
  std::int32_t first_offset;
};

TEST(PosixRule, ExpandsEveryNotation) {
  const RuleCase cases[] = {
      {"CET-1CEST,M3.5.0,M10.5.0/3", 2026, 1774746000, 1792890000, 7200},  // 29 March, 25 October, 01:00 UTC
      {"EST5EDT,M3.2.0,M11.1.0", 2026, 1772953200, 1793512800, -14400},    // 8 March 07:00, 1 November 06:00
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, 1775314800, 1791041400, 37800},  // Lord Howe: ends first
      {"IST-1GMT0,M10.5.0,M3.5.0/1", 2026, 1774746000, 1792890000, 3600},  // Ireland: winter is the exception
      {"AAA0BBB,J60/0,J61/0", 2024, 1709251200, 1709334000, 3600},         // 1 March although a leap year
      {"AAA0BBB,59/0,60/0", 2024, 1709164800, 1709247600, 3600},           // 29 February
      {"EET-2EEST,M3.4.4/50,M10.4.4/50", 2026, 1774656000, 1792796400, 10800},  // Gaza: hours beyond the day
  };
  for (const RuleCase& c : cases) {
    auto expanded = expand_rule(c.rule, c.year, c.year);
    ASSERT_TRUE(expanded.ok()) << c.rule;
    ASSERT_EQ(expanded->changes.size(), 2u);
    EXPECT_EQ(expanded->changes[0].at, c.first) << c.rule;
    EXPECT_EQ(expanded->changes[0].offset, c.first_offset) << c.rule;
    EXPECT_EQ(expanded->changes[1].at, c.second) << c.rule;
  }
  EXPECT_EQ(expand_rule("<-03>3", 2026, 2030)->standard_offset, -10800);
  EXPECT_TRUE(expand_rule("<-03>3", 2026, 2030)->changes.empty());
}

TEST(PosixRule, RefusesWhatIsNoRule) {
  for (const char* rule : {"", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
                           "CET-1CEST,M3.5.0,M10.5.0x", "<CET-1", "CET-999", "CET-1CEST,J366,M1.1.1"})
    EXPECT_FALSE(expand_rule(rule, 2026, 2026).ok()) << rule;
}

}  // namespace
}  // namespace waggle::schedule
