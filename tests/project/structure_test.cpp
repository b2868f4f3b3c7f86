// What ARCHITECTURE.md and the house style promise of the tree, read from the files themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "tests/project/sources.hpp"

namespace waggle::tests {
namespace {

/// Who may include whom; a room's own folder is always allowed, and core/clock.hpp to what is in core. The
/// SDK's headers are written <waggle/...>.
struct Direction {
  const char* room;
  std::vector<std::string> may_include;
  bool sdk;
};
const std::vector<Direction> directions = {
    {"plugins/sdk", {}, true},
    {"plugins/host", {}, true},
    {"connectors", {}, true},
    {"flows/jsonata", {}, true},
    {"flows", {"flows/"}, true},
    {"core/secrets", {}, true},
    {"core/observe", {"core/secrets/"}, true},
    {"core/http", {}, true},
    {"core/store", {}, true},
    {"core/schedule", {"core/observe/", "core/store/", "core/http/", "flows/"}, true},
    {"core/project",
     {"core/secrets/", "core/schedule/", "core/http/router.hpp", "flows/", "plugins/host/"},
     true},
    {"core/engine",
     {"core/secrets/", "core/observe/", "core/http/", "core/store/", "core/schedule/", "core/project/",
      "flows/", "plugins/host/"},
     true},
    {"core/api", {"core/", "flows/", "plugins/host/"}, true},
    {"core/cli", {"core/", "flows/", "plugins/host/"}, true},
};

/// flows see of the SDK only data and what computes with it: no effects, no C boundary.
const std::vector<std::string> sdk_for_flows = {"waggle/crypto.hpp", "waggle/json.hpp", "waggle/result.hpp",
                                                "waggle/spec.hpp", "waggle/time.hpp"};

const Direction* direction_of(const SourceFile& file) {
  for (const auto& direction : directions)
    if (file.in(direction.room)) return &direction;
  return nullptr;
}

TEST(Includes, GoOnlyInTheDirectionsOfTheMap) {
  const std::regex include(R"(^\s*#\s*include\s+([<"])([^>"]+)[>"])");
  const std::vector<std::string> rooms = {"core/", "flows/", "plugins/", "connectors/", "tests/"};
  int seen = 0;
  for (const auto& file : sources()) {
    const Direction* direction = direction_of(file);
    if (direction == nullptr) continue;
    for (std::size_t number = 0; number < file.lines.size(); ++number) {
      std::smatch match;
      if (!std::regex_search(file.lines[number], match, include)) continue;
      const std::string what = match[2];
      const std::string place = file.path + ":" + std::to_string(number + 1);
      ++seen;
      if (match[1] == "<" && what.starts_with("waggle/")) {
        EXPECT_TRUE(direction->sdk) << place;
        if (file.in("flows") && !file.in("flows/jsonata")) {
          EXPECT_THAT(sdk_for_flows, testing::Contains(what)) << place;
        }
        continue;
      }
      const bool ours =
          std::any_of(rooms.begin(), rooms.end(), [&](const auto& room) { return what.starts_with(room); });
      if (!ours) continue;
      const auto& allowed = direction->may_include;
      EXPECT_TRUE(what.starts_with(std::string(direction->room) + "/") ||
                  (what == "core/clock.hpp" && file.in("core")) ||
                  std::any_of(allowed.begin(), allowed.end(),
                              [&](const auto& prefix) { return what.starts_with(prefix); }))
          << place << " includes " << what << ", which " << direction->room << " may not see";
    }
  }
  EXPECT_GT(seen, 500) << "the test looks at the wrong files";
}

TEST(Headers, AreNamedOnce) {
  std::map<std::string, std::string> by_name;
  for (const auto& file : sources()) {
    // A connector is a project of its own: it sees the SDK and its own folder, nothing else.
    if (!file.is_header() || file.in("tests") || file.in("connectors")) continue;
    const auto [found, fresh] = by_name.emplace(file.name(), file.path);
    EXPECT_TRUE(fresh) << file.path << " and " << found->second
                       << " have one name; nobody can know which to include";
  }
}

TEST(Headers, BeginBySayingWhatTheyAreFor) {
  for (const auto& file : sources()) {
    if (!file.is_header()) continue;
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_TRUE(file.lines[0].starts_with("//") || file.lines[0].starts_with("/*")) << file.path;
  }
}

/// Limits of the house style. A longer file says why in a line that contains "Longer than".
constexpr std::size_t longest_header = 150;
constexpr std::size_t longest_source = 400;

TEST(Files, AreShortOrSayWhyNot) {
  for (const auto& file : sources()) {
    // Headers that hold their code, as the SDK's parts and the connectors' do, are sources by what is in
    // them.
    const bool promises_only = file.is_header() && !file.in("connectors") && !file.in("tests");
    const std::size_t limit = promises_only ? longest_header : longest_source;
    const bool says_why = std::any_of(file.lines.begin(), file.lines.end(), [](const auto& line) {
      return line.find("Longer than") != std::string::npos;
    });
    EXPECT_TRUE(file.lines.size() <= limit || says_why)
        << file.path << " has " << file.lines.size() << " lines; at most " << limit;
  }
}

TEST(Files, LeaveNothingForLater) {
  // Written in two halves, so that this line is not one of them.
  const std::regex later(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  for (const auto& file : sources())
    for (std::size_t number = 0; number < file.lines.size(); ++number)
      EXPECT_FALSE(std::regex_search(file.lines[number], later))
          << file.path << ":" << number + 1 << " " << file.lines[number];
}

TEST(Names, SayARole) {
  const std::regex vague(R"((^|_)(manager|helpers?|utils?|impl|base)(_|\.))");
  for (const auto& file : sources())
    EXPECT_FALSE(std::regex_search(file.name(), vague)) << file.path << " is named after no role";
}

}  // namespace
}  // namespace waggle::tests
