// Hostile expressions end soon, each with the error of the limit it meets; at a limit things still work.
#include <gtest/gtest.h>

#include <ctime>
#include <iostream>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

/// What is shipped takes a tenth of this (docs/performance.md); sanitizers and busy machines do not fail a
/// test.
constexpr double most_cpu_ms = 1000;

struct Answer {
  std::string code;  ///< of the error, or empty
  std::string json;
  double cpu_ms;
};

Answer evaluate(std::string_view text, const Limits& limits = {}, Value input = {}) {
  auto start = std::clock();
  Answer answer;
  auto expression = Expression::compile(text);
  Evaluation evaluation(limits);
  if (!expression) {
    answer.code = expression.problem().code;
  } else if (auto result = evaluation.evaluate(*expression, input); !result) {
    answer.code = result.problem().code;
  } else {
    answer.json = to_json(*result);
  }
  answer.cpu_ms = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return answer;
}

TEST(Limits, HostileExpressionsEndWithTheirCode) {
  struct Attack {
    const char* expression;
    std::vector<std::string> codes;
  };
  const Attack attacks[] = {
      {"$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)", {"W1004"}},
      {"$pad('x', 5e7)", {"W1003"}},
      {"($f := function($s){ $f($s & $s) }; $f('x'))", {"W1003"}},
      {"($f := function($s, $n){ $n = 0 ? $s : $f($s & $s, $n - 1) }; $f('x', 60))", {"W1003"}},
      {"[1..1e9]", {"D2014"}},
      {"($f := function(){ $f() }; $f())", {"W1002", "D1012"}},
      {"($f := function($x){ $f($x + 1) }; $f(1))", {"W1002", "D1012"}},
      {"($f := function($n){ ($g := function(){ $n }; $f($n + 1)) }; $f(1))", {"W1001", "W1002", "D1012"}},
      {"($f := function($x){ 1 + $f($x + 1) }; $f(1))", {"D1011"}},
      {"$reduce([1..1000000], function($a, $b){ [[$a]] })", {"W1001"}},
      {"$reduce([1..1000000], function($a, $b){ $a & 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' })",
       {"W1001", "D1012"}},
      {"$map([1..1000000], function($x){ [1..1000000] })", {"W1009", "D1012"}},
      {"$string($map([1..1000], function($x){ [1..1000000] }))", {"W1003", "D1012"}},
      {"$reduce([1..200], function($a, $b){ [$a, $a] })", {"W1009", "D2015"}},
      {"$string($reduce([1..200], function($a, $b){ {'x': $a, 'y': $a} }))", {"W1003", "D1012"}},
      {"($a := $reduce([1..200], function($a, $b){ {'x': $a, 'y': $a} }); $a = $clone($a))",
       {"W1002", "D1012", "W1001"}},
      {"$boolean($reduce([1..40], function($a, $b){ {'x': [[$a], [$a]]}.x }, []))",
       {"", "W1002", "D1012", "W1001"}},
      {"$sum([1..1e7].($ * 2))", {"W1001", "W1002", "D1012", "D2015"}},
      {"[1..3000].([1..3000].($ + 1))", {"W1001", "W1002", "D1012", "D2015"}},
      {"$replace($pad('', 1000000, 'ab'), 'a', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')", {"W1003", "D1012"}},
      {"$replace($pad('', 1000000, 'ab'), /a/, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')", {"W1002", "D1012"}},
      {"$sort([1..1000000].(-$))", {"", "W1001", "W1002", "D1012"}},
      {"$reduce([1..200], function($a, $b){ {'x': $a, 'y': $a} }) + 1", {"T2001"}},
      {"$sum($reduce([1..200], function($a, $b){ {'x': $a, 'y': $a} }))", {"T0412"}},
      {"$contains($pad('', 512, 'ab'), /[ab]b*c/)", {""}},
      {"[1..100000].$contains($pad('', 512, 'b'), /[ab]b*c/)", {"W1002", "D1012", "W1001"}},
      {"$formatInteger(1.7e9, 'i')", {"W1003"}},
      {"$formatNumber(1, $pad('0.', 20000, '0'))", {"W1003"}},
      {"$split($pad('', 2000000, 'a'), '')", {"D2015", "D1012"}},
  };
  Answer slowest{};
  for (const Attack& attack : attacks) {
    Answer answer = evaluate(attack.expression);
    EXPECT_NE(std::find(attack.codes.begin(), attack.codes.end(), answer.code), attack.codes.end())
        << attack.expression << " ended with \"" << answer.code << "\"";
    EXPECT_LT(answer.cpu_ms, most_cpu_ms) << attack.expression;
    if (answer.cpu_ms > slowest.cpu_ms) slowest = {attack.expression, "", answer.cpu_ms};
  }
  std::cout << "slowest: " << slowest.cpu_ms << " ms, " << slowest.code << '\n';
}

TEST(Limits, DepthIsExact) {
  Limits limits;
  limits.depth = 30;
  const char* sum = "($f := function($n){ $n = 0 ? 0 : 1 + $f($n - 1) }; $f(%d))";
  char text[100];
  std::snprintf(text, sizeof text, sum, 8);
  EXPECT_EQ(evaluate(text, limits).json, "8");
  std::snprintf(text, sizeof text, sum, 9);
  EXPECT_EQ(evaluate(text, limits).code, "D1011");
}

TEST(Limits, StepsAreTheSameEachTime) {
  auto expression = Expression::compile("$sum($map([1..1000], function($x){ $x * 2 }))");
  Evaluation evaluation;
  ASSERT_TRUE(evaluation.evaluate(*expression, Value()).ok());
  std::uint64_t steps = evaluation.steps_used();
  Limits limits;
  limits.steps = steps + 1;
  EXPECT_EQ(evaluate("$sum($map([1..1000], function($x){ $x * 2 }))", limits).json, "1001000");
  limits.steps = steps - 1;
  EXPECT_EQ(evaluate("$sum($map([1..1000], function($x){ $x * 2 }))", limits).code, "W1002");
}

TEST(Limits, StringsEndAtTheirLimit) {
  Limits limits;
  limits.string_bytes = 10;
  EXPECT_EQ(evaluate("$pad('', 10, 'x')", limits).json, "\"xxxxxxxxxx\"");
  EXPECT_EQ(evaluate("$pad('', 11, 'x')", limits).code, "W1003");
  EXPECT_EQ(evaluate("'12345' & '67890'", limits).json, "\"1234567890\"");
  EXPECT_EQ(evaluate("'12345' & '678901'", limits).code, "W1003");
}

TEST(Limits, SequencesEndAtTheirLimit) {
  Limits limits;
  limits.items = 100;
  EXPECT_EQ(evaluate("$count([1..100].($ * 2))", limits).json, "100");
  EXPECT_EQ(evaluate("$count([1..101].($ * 2))", limits).code, "D2015");
}

TEST(Limits, ExpressionsAreNeitherTooLongNorTooDeep) {
  EXPECT_EQ(evaluate(std::string(max_expression_bytes + 1, ' ')).code, "W1005");
  EXPECT_EQ(evaluate(std::string(400, '(') + "1" + std::string(400, ')')).json, "1");
  EXPECT_EQ(evaluate(std::string(30'000, '(') + "1" + std::string(30'000, ')')).code, "W1005");
  EXPECT_EQ(evaluate(std::string(30'000, '[') + "1").code, "W1005");
  EXPECT_EQ(evaluate(std::string(30'000, '-') + "1").code, "W1005");
  std::string sum = "1", chain = "a", choice = "a";
  for (int i = 0; i < 20'000; ++i) sum += "+1";
  for (int i = 0; i < 20'000; ++i) chain += ".a";
  for (int i = 0; i < 10'000; ++i) choice += "?? (a)";
  EXPECT_EQ(evaluate(sum).code, "W1005");
  EXPECT_EQ(evaluate(chain).code, "W1005");
  EXPECT_EQ(evaluate(choice).code, "W1005");
  std::string nested = "a";
  for (int i = 0; i < 60; ++i) nested = "(" + nested + " ?? 1)";
  EXPECT_EQ(evaluate(nested).code, "W1005");
}

TEST(Limits, EachHasItsOwnCodeAndCanBeSet) {
  struct Set {
    void (*set)(Limits&);
    const char* expression;
    const char* code;
  };
  const Set sets[] = {
      {[](Limits& l) { l.steps = 100; }, "$sum($map([1..1000], function($x){ $x * 2 }))", "W1002"},
      {[](Limits& l) { l.depth = 10; }, "((((((((((((1))))))))))))", "D1011"},
      {[](Limits& l) { l.memory_bytes = 1024; }, "[1..1000].{'a': $}", "W1001"},
      {[](Limits& l) { l.string_bytes = 4; }, "$string(12345 & 'x')", "W1003"},
      {[](Limits& l) { l.items = 10; }, "[1..11].($ + 1)", "D2015"},
      {[](Limits& l) { l.time = l.hard_time = std::chrono::milliseconds(1); },
       "($f := function($n){ $f($n + 1) }; $f(1))", "D1012"},
      {[](Limits& l) { l.regex_steps = 1; }, "$contains('aaaaaaaaaaaa!', /^(a+)+$/)", "W1004"},
      {[](Limits& l) { l.regex_subject_bytes = 3; }, "$contains('abcd', /b/)", "W1004"},
      {[](Limits& l) { l.result_bytes = 10; }, "[1..1000]", "W1009"},
  };
  for (const Set& set : sets) {
    Limits limits;
    limits.steps = 1'000'000'000;
    EXPECT_EQ(evaluate(set.expression, limits).code == set.code, std::string_view(set.code) == "D1012")
        << set.expression << " only meets the limit that is set";
    set.set(limits);
    EXPECT_EQ(evaluate(set.expression, limits).code, set.code) << set.expression;
  }
}

TEST(Limits, EvalIsOffInFlows) { EXPECT_EQ(evaluate("$eval('1 + 1')").code, "W1006"); }

}  // namespace
}  // namespace waggle::jsonata
