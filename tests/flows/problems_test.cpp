// Every entry of tests/flows/problems/*.yaml: a flow file and the problems it must give, no more and no
// fewer, in order.
//
//   - flow: |                 the file's text
//     flows: { id: text }     other flows
//     expect:
//       - 4:7 error unknown_key; did you mean `steps`?       place, severity, code; then words of the message
//       or hint
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/flows/case.hpp"

namespace waggle::flows::testing {
namespace {

std::string place_and_code(const Problem& problem) {
  return std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column) +
         (problem.severity == Severity::warning ? " warning " : " error ") + problem.code;
}

void check_entry(const yaml::Node& entry, const std::string& file) {
  const yaml::Node* text = entry.find("flow");
  ASSERT_TRUE(text && entry.find("expect"));
  SCOPED_TRACE(file + ":" + std::to_string(text->line));
  ShopCatalog catalog;
  if (const yaml::Node* flows = entry.find("flows"))
    for (const yaml::Entry& flow : flows->entries) catalog.flows[flow.key.text] = flow.value.text;
  if (const yaml::Node* connections = entry.find("connections"))
    for (const yaml::Entry& connection : connections->entries)
      catalog.connections[connection.key.text] = connection.value.text;
  Loaded loaded = load_flow("case", "case.yaml", text->text, catalog);
  EXPECT_EQ(loaded.flow != nullptr, !has_errors(loaded.problems));
  std::string given;
  for (const Problem& problem : loaded.problems) given += "\n  " + problem.to_text();
  const std::vector<yaml::Node>& expected = entry.find("expect")->items;
  ASSERT_EQ(loaded.problems.size(), expected.size()) << given;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Problem& problem = loaded.problems[i];
    std::size_t code_end = expected[i].text.find("; ");
    EXPECT_EQ(place_and_code(problem), expected[i].text.substr(0, code_end)) << problem.to_text();
    if (code_end != std::string::npos) {
      EXPECT_THAT(problem.to_text(), ::testing::HasSubstr(expected[i].text.substr(code_end + 2)));
    }
  }
}

class ProblemFile : public ::testing::TestWithParam<std::string> {};

TEST_P(ProblemFile, GivesExactlyTheExpectedProblems) {
  yaml::Parsed parsed =
      yaml::parse(read_text(GetParam()), std::filesystem::path(GetParam()).filename().string());
  ASSERT_TRUE(parsed.ok()) << parsed.problems.front().to_text();
  ASSERT_FALSE(parsed.root.items.empty());
  for (const yaml::Node& entry : parsed.root.items) check_entry(entry, GetParam());
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

INSTANTIATE_TEST_SUITE_P(Problems, ProblemFile,
                         ::testing::ValuesIn(files_in(WAGGLE_SOURCE_DIR "/tests/flows/problems", ".yaml")),
                         name_of);

}  // namespace
}  // namespace waggle::flows::testing
