// The public conformance suite of JSONata (see the README beside it), with fast paths and without.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "flows/jsonata/eval_line.hpp"
#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

namespace fs = std::filesystem;

fs::path suite_folder() {
  const char* shared = std::getenv("WAGGLE_SHARED");
  return fs::path(shared ? shared : WAGGLE_SOURCE_DIR "/../shared") / "jsonata-suite";
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::shared_ptr<const Document> parse_file(const fs::path& path) {
  ParseOptions options;
  options.allow_duplicate_keys = true;
  options.max_depth = 900;
  auto parsed = Document::parse(read_file(path), options);
  EXPECT_TRUE(parsed.ok()) << path << ": " << parsed.error().message;
  return std::make_shared<const Document>(std::move(parsed).value());
}

struct Case {
  std::string name;
  std::string expression;
  Value input;
  Value spec;
  std::shared_ptr<const Document> owner, dataset;
};

std::vector<Case> load_cases() {
  std::vector<Case> cases;
  std::map<std::string, std::shared_ptr<const Document>> datasets;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(suite_folder() / "groups"))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    auto document = parse_file(file);
    Value root = document->root();
    std::uint32_t count = root.is_array() ? root.size() : 1;
    for (std::uint32_t i = 0; i < count; ++i) {
      Case c;
      c.spec = root.is_array() ? root.item(i) : root;
      c.owner = document;
      c.name = file.parent_path().filename().string() + "/" + file.filename().string() +
               (count > 1 ? "#" + std::to_string(i) : "");
      Value expression_file = c.spec.find("expr-file");
      c.expression = expression_file.is_string()
                         ? read_file(file.parent_path() / std::string(expression_file.as_string()))
                         : std::string(c.spec.find("expr").as_string());
      c.input = c.spec.find("data");
      Value dataset = c.spec.find("dataset");
      if (c.input.is_undefined() && dataset.is_string()) {
        std::string name(dataset.as_string());
        auto& known = datasets[name];
        if (!known) known = parse_file(suite_folder() / "datasets" / (name + ".json"));
        c.dataset = known;
        c.input = known->root();
      }
      cases.push_back(std::move(c));
    }
  }
  return cases;
}

/// Empty when `got` is what the case wants.
std::string judge(const Case& c, const Outcome<Value>& got) {
  std::string shown = got ? (got->is_undefined() ? "undefined" : to_json(*got))
                          : got.problem().code + " " + got.problem().message;
  Value code = c.spec.find("code"), error = c.spec.find("error"), result = c.spec.find("result");
  if (error.is_object() && code.is_undefined()) code = error.find("code");
  if (code.is_string()) {
    Value token = c.spec.find("token");
    if (!got && got.problem().code == code.as_string() &&
        (!token.is_string() || got.problem().token == token.as_string())) {
      Value message = error.find("message");
      if (!message.is_string() || message.as_string() == got.problem().message) return {};
    }
    return "wanted " + to_json(c.spec.find("error").is_object() ? error : code) + ", got " + shown;
  }
  if (c.spec.find("undefinedResult").is_boolean())
    return got && got->is_undefined() ? "" : "wanted undefined, got " + shown;
  if (result.is_undefined()) return "the case wants nothing";
  if (!got) return "wanted " + to_json(result) + ", got " + shown;
  if (equal(*got, result)) return {};
  // Functions compare as the texts that JSON shows.
  auto reread = Document::parse(to_json(*got));
  if (!got->is_undefined() && reread.ok() && equal(reread->root(), result)) return {};
  return "wanted " + to_json(result) + ", got " + shown;
}

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
  for (const Case& c : load_cases()) {
    std::string line = "{\"expr\":";
    append_json_string(c.expression, line);
    if (!c.input.is_undefined()) line += ",\"input\":" + to_json(c.input);
    if (c.spec.find("bindings").is_object()) line += ",\"bindings\":" + to_json(c.spec.find("bindings"));
    if (c.spec.find("depth").is_number())
      line += ",\"limits\":{\"depth\":" + to_json(c.spec.find("depth")) +
              ",\"time_ms\":" + to_json(c.spec.find("timelimit")) + "}";
    ParseOptions options;
    options.max_depth = 900;
    auto answer = Document::parse(evaluate_jsonl(line + "}"), options);
    ASSERT_TRUE(answer.ok()) << c.name;
    Value result = answer->root().find("result"), error = answer->root().find("error");
    Problem problem;
    if (error.is_object()) {
      problem.code = error.find("code").as_string();
      problem.message = error.find("message").as_string();
      if (error.find("token").is_string()) problem.token = error.find("token").as_string();
    }
    std::string verdict = judge(c, error.is_object() ? Outcome<Value>(problem) : Outcome<Value>(result));
    EXPECT_EQ(verdict, "") << c.name << ": " << c.expression.substr(0, 300);
  }
}

}  // namespace
}  // namespace waggle::jsonata
