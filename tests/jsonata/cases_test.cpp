// Our own small cases (cases.jsonl, over order.json): {"expr", "result" | "undefined" | "code"}, with fast
// paths and without.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(WAGGLE_SOURCE_DIR "/tests/jsonata/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Cases : public testing::TestWithParam<bool> {};

TEST_P(Cases, GiveWhatTheyPromise) {
  CompileOptions options;
  options.allow_fast_paths = GetParam();
  auto order = Document::parse(read_file("order.json"));
  ASSERT_TRUE(order.ok());
  std::istringstream lines(read_file("cases.jsonl"));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    auto spec = Document::parse(line);
    ASSERT_TRUE(spec.ok()) << line;
    std::string text(spec->root().find("expr").as_string());
    Value code = spec->root().find("code"), result = spec->root().find("result");
    std::string wanted = code.is_string()        ? "!" + std::string(code.as_string())
                         : result.is_undefined() ? "undefined"
                                                 : to_json(result);
    auto expression = Expression::compile(text, options);
    Evaluation evaluation;
    std::string got;
    Outcome<Value> answer =
        expression ? evaluation.evaluate(*expression, order->root()) : Outcome<Value>(expression.problem());
    if (!answer) {
      got = "!" + answer.problem().code;
    } else if (answer->is_undefined()) {
      got = "undefined";
    } else {
      got = equal(*answer, result) ? wanted : to_json(*answer);
    }
    EXPECT_EQ(got, wanted) << text;
  }
  EXPECT_GT(count, 150u);
}

INSTANTIATE_TEST_SUITE_P(FastPaths, Cases, testing::Bool());

}  // namespace
}  // namespace waggle::jsonata
