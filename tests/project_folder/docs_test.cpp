#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/project/settings_keys.hpp"
#include "tests/project_folder/folder.hpp"

namespace waggle::project {
namespace {

constexpr std::string_view begin_mark = "<!-- made from core/project/settings_keys.cpp: begin -->\n";
constexpr std::string_view end_mark = "<!-- end -->";

TEST(ProjectPage, ShowsTheSettingsAsTheyAre) {
  const std::string path = WAGGLE_SOURCE_DIR "/docs/project.md";
  std::stringstream stream;
  stream << std::ifstream(path).rdbuf();
  std::string page = stream.str();
  std::size_t begin = page.find(begin_mark);
  std::size_t end = page.find(end_mark, begin);
  ASSERT_NE(end, std::string::npos) << path << " has lost its marks";
  begin += begin_mark.size();
  if (std::getenv("WAGGLE_UPDATE") != nullptr)
    std::ofstream(path) << page.replace(begin, end - begin, settings_markdown());
  else
    EXPECT_EQ(page.substr(begin, end - begin), settings_markdown())
        << "docs/project.md is stale; run WAGGLE_UPDATE=1 test_project_folder";
}

using OperationsPage = ProjectFolder;

TEST_F(OperationsPage, ShowsSettingsThatLoad) {
  std::stringstream stream;
  stream << std::ifstream(WAGGLE_SOURCE_DIR "/docs/operations.md").rdbuf();
  const std::string page = stream.str();
  constexpr std::string_view fence = "```yaml\n";
  const std::size_t begin = page.find(fence);
  ASSERT_NE(begin, std::string::npos);
  write("waggle.yaml",
        page.substr(begin + fence.size(), page.find("```", begin + fence.size()) - begin - fence.size()));
  const auto settings = load_settings(dir_);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings->keep_events, std::chrono::hours(24 * 30));
  EXPECT_EQ(settings->max_stored_bytes, 2'000'000'000u);
}

}  // namespace
}  // namespace waggle::project
