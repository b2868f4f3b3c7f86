// `waggle eval` over the whole conformance suite, and how it shows errors to a person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"
#include "tests/jsonata/suite_cases.hpp"

namespace waggle::tests {
namespace {

TEST(EvalCommand, PassesTheConformanceSuiteLineByLine) {
  namespace fs = std::filesystem;
  if (!fs::exists(jsonata::suite_folder()))
    GTEST_SKIP() << "the suite is not there: " << jsonata::suite_folder();
  const auto cases = jsonata::load_cases();
  ASSERT_GE(cases.size(), 1265u);
  std::string requests;
  for (const jsonata::Case& c : cases) requests += jsonata::line_of(c) + "\n";
  const Ran ran = run_waggle({"eval", "--jsonl"}, {}, requests);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  std::istringstream answers(ran.out);
  std::string line;
  for (const jsonata::Case& c : cases) {
    ASSERT_TRUE(std::getline(answers, line)) << "no answer for " << c.name;
    EXPECT_EQ(jsonata::judge_line(c, line), "") << c.name << ": " << c.expression.substr(0, 300);
  }
  EXPECT_FALSE(std::getline(answers, line)) << "more answers than requests";
}

struct Shown {
  const char* expression;
  std::vector<const char*> lines;  ///< in this order on standard error
};

TEST(EvalCommand, ShowsThePlaceTheReasonAndTheFix) {
  const Folder folder;
  const std::string order =
      folder.write("order.json", R"({"total":"25.00","lines":[{"price":1},{"price":2}]})");
  const Shown shown[] = {
      {"total * 2",
       {"1:7 T2001 The left side of the", "total * 2\n", "      ^\n", "total is the text \"25.00\"",
        "$number(total)"}},
      {"total == 25", {"1:", "total == 25\n", "^", "`==` is written `=`"}},
      {"lines.price\n  .(foo\n", {"2:", "^"}},
      {"lines.price * 2", {"T2001", "lines.price * 2\n", "an array", "$sum()"}},
      {"sum(lines.price)", {"T1005", "sum(lines.price)\n", "^", "$sum("}},
  };
  for (const Shown& one : shown) {
    const Ran ran = run_waggle({"eval", one.expression, order});
    EXPECT_EQ(ran.exit_code, 1) << one.expression;
    EXPECT_EQ(ran.out, "");
    std::size_t at = 0;
    for (const char* line : one.lines) {
      at = ran.err.find(line, at);
      ASSERT_NE(at, std::string::npos) << one.expression << " should show " << line << " in\n" << ran.err;
    }
  }
}

}  // namespace
}  // namespace waggle::tests
