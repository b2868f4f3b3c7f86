// The shared collection of bad inputs: JSON texts with their verdicts, regular expressions, template attacks.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  const char* shared = std::getenv("WAGGLE_SHARED");
  return fs::path(shared ? shared : WAGGLE_SOURCE_DIR "/../shared") / "bad-inputs";
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(BadInputs, JsonIsTakenOrRefusedAsMarked) {
  if (!fs::exists(folder())) GTEST_SKIP() << "the collection is not there: " << folder();
  std::istringstream index(read_file(folder() / "INDEX.tsv"));
  std::size_t checked = 0;
  for (std::string line; std::getline(index, line);) {
    std::istringstream fields(line);
    std::string path, group, verdict;
    std::getline(fields, path, '\t');
    std::getline(fields, group, '\t');
    std::getline(fields, verdict, '\t');
    if (path.compare(0, 4, "json") != 0) continue;
    std::string text = read_file(folder() / path);
    auto parsed = Document::parse(text);
    ++checked;
    if (verdict == "accept") {
      EXPECT_TRUE(parsed.ok()) << path << ": " << (parsed.ok() ? "" : parsed.error().message);
    }
    if (verdict == "reject") {
      EXPECT_FALSE(parsed.ok()) << path;
    }
    if (parsed.ok()) {
      // What is taken comes out as a text that means the same.
      auto again = Document::parse(to_json(parsed->root()));
      ASSERT_TRUE(again.ok()) << path;
      EXPECT_TRUE(equal(parsed->root(), again->root())) << path;
    }
  }
  EXPECT_GT(checked, 200u);
}

TEST(BadInputs, RegularExpressionsAreBounded) {
  if (!fs::exists(folder())) GTEST_SKIP() << "the collection is not there: " << folder();
  auto patterns = Document::parse(read_file(folder() / "regex" / "patterns.json"));
  ASSERT_TRUE(patterns.ok());
  for (std::uint32_t i = 0; i < patterns->root().size(); ++i) {
    Value one = patterns->root().item(i);
    std::string pattern(one.find("pattern").as_string());
    for (std::size_t at = 0; (at = pattern.find('/', at)) != std::string::npos; at += 2)
      pattern.insert(at, 1, '\\');
    auto start = std::clock();
    auto expression = Expression::compile("$contains(text, /" + pattern + "/)");
    if (expression) {
      Evaluation evaluation;
      auto result = evaluation.evaluate(*expression, one);
      if (!result) {
        EXPECT_TRUE(result.problem().code == "W1004" || result.problem().code == "D1012")
            << pattern << ": " << result.problem().message;
      }
    }
    EXPECT_LT(1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 200) << pattern;
  }
}

TEST(BadInputs, TemplateAttacksEndInErrors) {
  if (!fs::exists(folder())) GTEST_SKIP() << "the collection is not there: " << folder();
  auto attacks = Document::parse(read_file(folder() / "strings" / "template-expr.json"));
  ASSERT_TRUE(attacks.ok());
  for (std::uint32_t i = 0; i < attacks->root().size(); ++i) {
    std::string_view text = attacks->root().item(i).as_string();
    auto expression = Expression::compile(text);
    if (!expression) continue;
    Evaluation evaluation;
    auto result = evaluation.evaluate(*expression, Value());
    EXPECT_TRUE(!result || to_json(*result).find("uid=") == std::string::npos) << text;
  }
}

}  // namespace
}  // namespace waggle::jsonata
