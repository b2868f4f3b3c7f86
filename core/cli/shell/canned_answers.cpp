#include "core/cli/shell/canned_answers.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/cli/shell/file_text.hpp"
#include "flows/yaml/parse.hpp"

namespace waggle::cli {
namespace {

namespace yaml = flows::yaml;

constexpr std::string_view shapes =
    "write a status, or { status, headers, body } or { status, headers, text }, or { error: why }";

CannedAnswer answer_from(const Json& given, std::string from) {
  CannedAnswer answer{.from = std::move(from)};
  if (given.is_number()) {
    answer.status = static_cast<int>(given.as_int());
    return answer;
  }
  if (given.contains("error")) {
    answer.error = retry(given.text("error"), {}, "no_answer");
    return answer;
  }
  answer.status = static_cast<int>(given.at("status").as_int(200));
  for (const auto& [name, value] : given.at("headers").members())
    answer.headers.emplace_back(name, value.to_text());
  if (given.contains("text")) {
    answer.body = given.text("text");
  } else if (given.contains("body")) {
    answer.headers.emplace_back("content-type", "application/json");
    answer.body = given.at("body").dump();
  }
  return answer;
}

class AnswersReader {
 public:
  AnswersReader(const yaml::Source& source) : source_(source) {}

  Result<CannedAnswer> answer(const yaml::Node& node) const {
    const Json given = yaml::to_json(node);
    if (node.is_mapping()) {
      for (const yaml::Entry& entry : node.entries) WAGGLE_TRY_VOID(key(entry));
    } else if (!given.is_number()) {
      return refuse(node, "an answer cannot be " + std::string(node.kind_name()));
    }
    CannedAnswer made = answer_from(given, "the answers file");
    if (!made.error && (made.status < 100 || made.status > 599))
      return refuse(node, "an HTTP status is between 100 and 599");
    return made;
  }

  Error refuse(const yaml::Node& node, const std::string& what) const {
    const flows::Position at = source_.place(node);
    return invalid(at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + " " + what +
                       "; " + std::string(shapes),
                   "bad_answers");
  }

 private:
  Result<void> key(const yaml::Entry& entry) const {
    constexpr std::string_view known[] = {"status", "headers", "body", "text", "error"};
    if (std::find(std::begin(known), std::end(known), entry.key.text) == std::end(known))
      return refuse(entry.key, "an answer has no `" + entry.key.text + "`");
    if (entry.key.text == "headers" && !entry.value.is_mapping())
      return refuse(entry.value, "headers are a mapping from names to values");
    if (entry.key.text == "status" && !yaml::to_json(entry.value).is_number())
      return refuse(entry.value, "a status is a number");
    return {};
  }

  const yaml::Source& source_;
};

}  // namespace

Result<CannedAnswers> CannedAnswers::read(std::string_view text, std::string_view file) {
  const yaml::Parsed parsed = yaml::parse(text, file);
  if (!parsed.ok()) return invalid(parsed.problems.front().to_text(), "bad_answers");
  const AnswersReader reader(*parsed.source);
  if (!parsed.root.is_mapping())
    return reader.refuse(parsed.root, "the file is a mapping from steps to their answers");
  CannedAnswers all;
  for (const yaml::Entry& entry : parsed.root.entries) {
    Script script{.always = !entry.value.is_list()};
    if (script.always) {
      WAGGLE_TRY(auto answer, reader.answer(entry.value));
      script.answers.push_back(std::move(answer));
    }
    for (const yaml::Node& item : entry.value.items) {
      WAGGLE_TRY(auto answer, reader.answer(item));
      script.answers.push_back(std::move(answer));
    }
    all.scripts_.emplace(entry.key.text, std::move(script));
  }
  return all;
}

bool CannedAnswers::knows(const std::vector<std::string>& names) const {
  return std::any_of(names.begin(), names.end(), [&](auto& name) { return scripts_.contains(name); });
}

std::optional<CannedAnswer> CannedAnswers::next(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = scripts_.find(name);
    if (found == scripts_.end()) continue;
    Script& script = found->second;
    script.asked = true;
    if (script.always) return script.answers.front();
    if (script.next == script.answers.size()) return std::nullopt;
    return script.answers[script.next++];
  }
  return std::nullopt;
}

std::vector<std::string> CannedAnswers::unused() const {
  std::vector<std::string> names;
  for (const auto& [name, script] : scripts_)
    if (!script.asked) names.push_back(name);
  return names;
}

std::optional<ActionSample> action_sample(const host::Plugin& plugin, std::string_view action) {
  const ActionSpec* spec = plugin.spec().action(action);
  if (spec == nullptr || spec->samples.empty()) return std::nullopt;
  const std::filesystem::path folder = std::filesystem::path(plugin.file()).replace_extension(".samples");
  const auto text = read_file((folder / spec->samples.front()).string());
  const auto sample = text ? Json::parse(*text) : Result<Json>(text.error());
  if (!sample) return std::nullopt;
  ActionSample out{.output = sample->at("output")};
  for (const Json& answer : sample->at("answers").items())
    out.answers.push_back(answer_from(answer, "the connector's sample"));
  return out;
}

}  // namespace waggle::cli
