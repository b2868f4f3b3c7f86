// docs/connectors/ is what the connectors themselves say, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

const std::string pages = WAGGLE_SOURCE_DIR "/docs/connectors";

TEST(ConnectorPages, AreFreshAndComplete) {
  const auto listed = Json::parse(run_waggle({"connectors", "--json"}).out);
  ASSERT_TRUE(listed.ok());
  std::set<std::string> expected;
  for (const Json& connector : listed->items()) {
    const std::string id = connector.text("id");
    expected.insert(id + ".md");
    const std::string page = run_waggle({"connectors", "show", id, "--markdown"}).out;
    EXPECT_EQ(content_of(pages + "/" + id + ".md"), page)
        << "out of date; write it anew: waggle connectors show " << id << " --markdown > docs/connectors/"
        << id << ".md";
  }
  EXPECT_THAT(expected, testing::Contains("slack.md"));
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(pages)) found.insert(entry.path().filename());
  EXPECT_EQ(found, expected);
}

/// The steps that pages show are steps that load: each is put into a flow of its own.
TEST(ConnectorPages, ShowStepsThatLoad) {
  int blocks = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pages)) {
    const std::string id = entry.path().stem();
    const std::string page = content_of(entry.path());
    const Folder project;
    project.write("connections.yaml", content_of(WAGGLE_SOURCE_DIR "/tests/cli/page_connections.yaml"));
    int count = 0;
    for (std::size_t at = page.find("```yaml\n"); at != std::string::npos;
         at = page.find("```yaml\n", at + 1)) {
      const std::size_t begin = at + 8;
      std::string steps = page.substr(begin, page.find("```", begin) - begin);
      project.write("flows/block-" + std::to_string(count++) + ".yaml",
                    "waggle: 1\nwhen: { manual: {} }\nsteps:\n" + steps);
    }
    if (count == 0) continue;
    const Ran checked = run_waggle({"check", project.path()});
    EXPECT_EQ(checked.exit_code, 0) << id << ": " << checked.out << checked.err;
    blocks += count;
  }
  EXPECT_GT(blocks, 0);
}

}  // namespace
}  // namespace waggle::tests
