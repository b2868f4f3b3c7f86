// What callers rely on besides results: templates, names an expression reads, error texts, copies,
// environments.
#include <gtest/gtest.h>

#include <thread>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

std::string described(std::string_view text, std::string_view input = "null") {
  auto document = Document::parse(input);
  auto expression = Expression::compile(text);
  if (!expression) return describe(expression.problem(), text, "x.yaml");
  Evaluation evaluation;
  auto result = evaluation.evaluate(*expression, document->root());
  return result ? to_json(*result) : describe(result.problem(), text, "x.yaml");
}

TEST(Errors, ShowLineCaretReasonAndFix) {
  EXPECT_EQ(described("price * qty", R"({"price": "25.00", "qty": 2})"),
            "x.yaml:1:7 T2001 The left side of the \"*\" operator must evaluate to a number\n"
            "    price * qty\n"
            "          ^\n"
            "price is the text \"25.00\"; use $number(price)\n");
  EXPECT_EQ(described("a.b\n  == 3"),
            "x.yaml:2:4 S0211 The symbol \"=\" cannot be used as a unary operator\n"
            "      == 3\n"
            "       ^\n"
            "`==` is written `=`\n");
}

TEST(Errors, HintAtWhatPeopleMean) {
  struct Sample {
    const char* text;
    const char* hint;
  };
  const Sample samples[] = {
      {"a && b", "`&&` is written `and`"},
      {"a || b", "`||` is written `or`"},
      {"!a", "`!x` is written `$not(x)`"},
      {"sum(lines)", "functions start with $: $sum(...)"},
      {"'25.00' >= 20", "use $number() on the text"},
      {"[1, 2] * 2", "is an array"},
      {"$sum(['1'])", "is an array"},
      {"'open", "close the text with the quote"},
  };
  for (const Sample& sample : samples)
    EXPECT_NE(described(sample.text).find(sample.hint), std::string::npos) << described(sample.text);
}

TEST(Errors, CountCharactersNotBytes) {
  auto expression = Expression::compile("'äöü' + + 1");
  ASSERT_FALSE(expression.ok());
  EXPECT_EQ(expression.problem().column, 9u);
  EXPECT_EQ(expression.problem().offset, 11u);
}

TEST(Templates, FindTheirEndWithTheParser) {
  std::string_view text = R"(total ${ {"a": "}"}.a & event.x } and more })";
  auto prefix = Expression::compile_prefix(text, text.find("${") + 2);
  ASSERT_TRUE(prefix.ok());
  EXPECT_EQ(text.substr(prefix->end, 5), "} and");
  EXPECT_EQ(prefix->expression.free_names().size(), 1u);
  EXPECT_EQ(Expression::compile_prefix("${a", 2).problem().code, "S0203");
  EXPECT_EQ(Expression::compile_prefix("${}", 2).problem().code, "S0211");
  EXPECT_EQ(Expression::compile_prefix("${a b}", 2).problem().code, "S0201");
}

TEST(FreeNames, TellWhatAnExpressionReads) {
  auto expression = Expression::compile(
      "event.total > 20 and $sum(event.lines.(price * qty)) > order.sum & $$.meta.id & (item; $x)");
  ASSERT_TRUE(expression.ok());
  std::string names;
  for (const FreeName& n : expression->free_names())
    names += n.name + "." + n.second + "@" + std::to_string(n.offset) + " ";
  EXPECT_EQ(names, "event.total@0 event.lines@26 order.sum@55 meta.id@70 item.@81 ");
  ASSERT_EQ(expression->free_variables().size(), 1u);
  EXPECT_EQ(expression->free_variables()[0].name, "x");
}

TEST(Environment, IsAssembledWithoutCopying) {
  auto order = Document::parse(R"({"total": 25, "lines": [1, 2, 3]})");
  Evaluation evaluation;
  Value input = evaluation.object(
      {{"event", order->root()}, {"index", Value::number(2)}, {"name", evaluation.string("n")}});
  auto expression = Expression::compile("event.lines[$$.index] & name & event.total");
  auto result = evaluation.evaluate(*expression, input);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(to_text(*result), "3n25");
}

TEST(Text, KeepsAllDigitsOfWholeNumbers) {
  auto document =
      Document::parse(R"([12345678901234567890, 100.00, 0.1, "a", null, true, [1, "x"], {"a": 1}])");
  std::string texts;
  for (std::uint32_t i = 0; i < document->root().size(); ++i)
    texts += to_text(document->root().item(i)) + "|";
  EXPECT_EQ(texts, R"(12345678901234567890|100|0.1|a|null|true|[1,"x"]|{"a":1}|)");
  EXPECT_EQ(to_text(Value()), "");
}

TEST(Copies, OutliveTheEvaluation) {
  Document copy;
  {
    Evaluation evaluation;
    auto expression = Expression::compile(R"({"a": "x" & "y", "list": [1..3], "f": $sum})");
    copy = Document::copy_of(*evaluation.evaluate(*expression, Value()));
  }
  EXPECT_EQ(to_json(copy.root()), R"({"a":"xy","list":[1,2,3],"f":""})");
}

TEST(Threads, ShareOneExpression) {
  auto expression = Expression::compile("$sum($map([1..100], function($x) { $x * factor }))");
  ASSERT_TRUE(expression.ok());
  std::vector<std::thread> threads;
  std::vector<std::string> answers(4);
  for (std::size_t t = 0; t < answers.size(); ++t) {
    threads.emplace_back([&, t] {
      Evaluation evaluation;
      for (int i = 0; i < 200; ++i) {
        evaluation.reset();
        Value input = evaluation.object(
            {{"pad" + std::to_string(t), Value::null()}, {"factor", Value::number(static_cast<double>(t))}});
        answers[t] = to_json(*evaluation.evaluate(*expression, input));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answers, (std::vector<std::string>{"0", "5050", "10100", "15150"}));
}

TEST(Json, IsReadStrictly) {
  const char* bad[] = {"",
                       "[1,]",
                       "{\"a\":1,}",
                       "01",
                       "1.",
                       ".5",
                       "+1",
                       "nul",
                       "'a'",
                       "[1 2]",
                       "{\"a\" 1}",
                       "\"\\x\"",
                       "\"\t\"",
                       "1 2",
                       "{\"a\":1,\"a\":2}",
                       "\"\xC0\x80\"",
                       "\"\xED\xA0\x80\"",
                       "[",
                       "\"abc",
                       "NaN",
                       "\xEF\xBB\xBF[]"};
  for (const char* text : bad) EXPECT_FALSE(Document::parse(text).ok()) << text;
  EXPECT_FALSE(Document::parse(std::string(129, '[') + std::string(129, ']')).ok());
  EXPECT_TRUE(Document::parse(std::string(128, '[') + std::string(128, ']')).ok());
  EXPECT_EQ(to_json(Document::parse(R"({"b":1,"10":2,"2":3,"s":"\ud83d\ude00\ud800\u0000"})")->root()),
            R"({"2":3,"10":2,"b":1,"s":"😀\ud800\u0000"})");
  EXPECT_EQ(Document::parse("[1,\n  x]").error().message, "JSON 2:3: expected a value");
}

TEST(Json, FindsMembersOfLargeObjects) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i)
    text += (i ? ",\"key" : "\"key") + std::to_string(i) + "\":" + std::to_string(i);
  auto document = Document::parse(text + "}");
  ASSERT_TRUE(document.ok());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(document->root().find("key" + std::to_string(i)).as_number(), i);
  EXPECT_TRUE(document->root().find("key1000").is_undefined());
  EXPECT_FALSE(Document::parse(text + ",\"key500\":1}").ok());
}

}  // namespace
}  // namespace waggle::jsonata
