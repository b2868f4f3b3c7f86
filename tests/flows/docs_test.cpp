// Loads every YAML block of docs/flows.md: whole flows, triggers, and lists of steps.
#include <gtest/gtest.h>

#include "tests/flows/case.hpp"

namespace waggle::flows::testing {
namespace {

/// The block as a whole flow.
std::string completed(const std::string& block) {
  if (block.starts_with("waggle:")) return block;
  if (block.starts_with("when:")) return "waggle: 1\n" + block + "steps: [ stop ]\n";
  return "waggle: 1\nwhen: { manual: {} }\nsteps:\n" + block;
}

TEST(FlowsPage, HasOnlyBlocksThatLoadWithoutProblems) {
  std::string page = read_text(WAGGLE_SOURCE_DIR "/docs/flows.md");
  ShopCatalog catalog;
  catalog.flows["other"] = "waggle: 1\nwhen: { manual: {} }\nsteps: [ { map: 1 } ]\n";
  const std::string fence = "```yaml\n";
  int blocks = 0;
  for (std::size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    std::string text = completed(page.substr(at, page.find("```", at) - at));
    SCOPED_TRACE(text);
    Loaded loaded = load_flow("page", "flows.md", text, catalog);
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_text();
    EXPECT_TRUE(loaded.flow);
    ++blocks;
  }
  EXPECT_GE(blocks, 12);
}

}  // namespace
}  // namespace waggle::flows::testing
