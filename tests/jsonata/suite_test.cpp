// The public conformance suite of JSONata, with fast paths, without, and line by line.
#include "tests/jsonata/suite_cases.hpp"

#include "flows/jsonata/eval_line.hpp"

namespace waggle::jsonata {
namespace {

Limits limits_of(const Case& c) {
  Limits limits;
  limits.items = 10'000'000;
  limits.memory_bytes = std::size_t{1} << 30;
  limits.steps = 1'000'000'000;
  limits.time = limits.hard_time = std::chrono::milliseconds(20'000);
  Value depth = c.spec.find("depth"), time = c.spec.find("timelimit");
  if (depth.is_number()) limits.depth = static_cast<std::uint32_t>(depth.as_number());
  if (time.is_number())
    limits.time = limits.hard_time = std::chrono::milliseconds(static_cast<int>(time.as_number()));
  limits.suite_codes = true;
  return limits;
}

void run_suite(bool fast_paths) {
  if (!fs::exists(suite_folder())) GTEST_SKIP() << "the suite is not there: " << suite_folder();
  CompileOptions options;
  options.allow_eval = true;
  options.allow_fast_paths = fast_paths;
  std::size_t passed = 0;
  auto cases = load_cases();
  for (const Case& c : cases) {
    auto expression = Expression::compile(c.expression, options);
    std::string verdict;
    if (!expression) {
      verdict = judge(c, expression.problem());
    } else {
      Evaluation evaluation(limits_of(c));
      evaluation.set_now(1'700'000'000'000);
      Value bindings = c.spec.find("bindings");
      for (std::uint32_t i = 0; bindings.is_object() && i < bindings.size(); ++i)
        evaluation.bind(bindings.key_at(i), bindings.value_at(i));
      verdict = judge(c, evaluation.evaluate(*expression, c.input));
    }
    passed += verdict.empty();
    if (!verdict.empty())
      ADD_FAILURE() << c.name << ": " << c.expression.substr(0, 300) << "\n  " << verdict.substr(0, 600);
  }
  std::printf("%zu of %zu cases of the suite\n", passed, cases.size());
  EXPECT_GE(cases.size(), 1265u);
}

TEST(Suite, GivesTheReferencesAnswers) { run_suite(true); }
TEST(Suite, GivesTheSameWithoutFastPaths) { run_suite(false); }

TEST(Suite, PassesThroughEvalLines) {
  if (!fs::exists(suite_folder())) GTEST_SKIP() << "the suite is not there: " << suite_folder();
  for (const Case& c : load_cases())
    EXPECT_EQ(judge_line(c, evaluate_jsonl(line_of(c))), "") << c.name << ": " << c.expression.substr(0, 300);
}

}  // namespace
}  // namespace waggle::jsonata
