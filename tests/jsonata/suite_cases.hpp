// The cases of JSONata's public conformance suite (see the README beside it) and what each wants. For the
// tests of the library and of `waggle eval`.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {

namespace fs = std::filesystem;

inline fs::path suite_folder() {
  const char* shared = std::getenv("WAGGLE_SHARED");
  return fs::path(shared ? shared : WAGGLE_SOURCE_DIR "/../shared") / "jsonata-suite";
}

inline std::string suite_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::shared_ptr<const Document> parse_file(const fs::path& path) {
  ParseOptions options;
  options.allow_duplicate_keys = true;
  options.max_depth = 900;
  auto parsed = Document::parse(suite_file(path), options);
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

inline std::vector<Case> load_cases() {
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
                         ? suite_file(file.parent_path() / std::string(expression_file.as_string()))
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
inline std::string judge(const Case& c, const Outcome<Value>& got) {
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

/// The case as a line of `waggle eval --jsonl`.
inline std::string line_of(const Case& c) {
  std::string line = "{\"expr\":";
  append_json_string(c.expression, line);
  if (!c.input.is_undefined()) line += ",\"input\":" + to_json(c.input);
  if (c.spec.find("bindings").is_object()) line += ",\"bindings\":" + to_json(c.spec.find("bindings"));
  if (c.spec.find("depth").is_number())
    line += ",\"limits\":{\"depth\":" + to_json(c.spec.find("depth")) +
            ",\"time_ms\":" + to_json(c.spec.find("timelimit")) + "}";
  return line + "}";
}

/// Judges the line that answered it.
inline std::string judge_line(const Case& c, std::string_view answer_line) {
  ParseOptions options;
  options.max_depth = 900;
  auto answer = Document::parse(answer_line, options);
  if (!answer.ok()) return answer.error().message;
  Value result = answer->root().find("result"), error = answer->root().find("error");
  if (!error.is_object()) return judge(c, result);
  Problem problem;
  problem.code = error.find("code").as_string();
  problem.message = error.find("message").as_string();
  if (error.find("token").is_string()) problem.token = error.find("token").as_string();
  return judge(c, problem);
}

}  // namespace waggle::jsonata
