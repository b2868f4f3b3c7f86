// Every YAML block of the README and the pages in docs/ that is a whole flow loads without errors: newcomers
// copy them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

const std::filesystem::path root = WAGGLE_SOURCE_DIR;

/// The accounts that flows in the documents speak of.
constexpr const char* connections =
    "my-shop: { connector: woocommerce, webhook_secret: \"${env.WAGGLE_TEST_SECRET}\" }\n"
    "team-chat: { connector: slack, bot_token: \"${env.WAGGLE_TEST_SECRET}\" }\n"
    "books: { connector: books, format: hledger, file: shop.journal }\n";

TEST(Documents, ShowFlowsThatLoad) {
  std::vector<std::filesystem::path> pages = {root / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  const Environment environment{{"WAGGLE_TEST_SECRET", "only-for-this-test"}};
  int blocks = 0;
  for (const auto& page : pages) {
    const std::string text = content_of(page);
    for (std::size_t at = text.find("```yaml\n"); at != std::string::npos;
         at = text.find("```yaml\n", at + 1)) {
      const std::string block = text.substr(at + 8, text.find("```", at + 8) - at - 8);
      if (block.find("waggle: 1") == std::string::npos) continue;  // a part of a file; its whole is elsewhere
      const Folder project;
      project.write("connections.yaml", connections);
      project.write("flows/shown.yaml", block);
      const Ran checked = run_waggle({"check", project.path()}, environment);
      EXPECT_EQ(checked.exit_code, 0) << page << ":\n" << block << checked.out << checked.err;
      ++blocks;
    }
  }
  EXPECT_GE(blocks, 2);
}

}  // namespace
}  // namespace waggle::tests
