// Runs every file of tests/flows/cases: once in order against its expectations, then in random orders of
// outcomes, which must tell the same story.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "flows/duration.hpp"
#include "tests/flows/case.hpp"

namespace waggle::flows::testing {
namespace {

constexpr int random_orders = 20;

Outcome read_outcome(const yaml::Node& node) {
  Outcome outcome;
  if (const yaml::Node* error = node.find("error"))
    outcome.error = Error{next_from(error->find("next") ? error->find("next")->text : "failed"),
                          error->find("message")->text, error->find("code") ? error->find("code")->text : ""};
  else
    outcome.output = yaml::to_json(node).dump();
  return outcome;
}

std::string text_of(const yaml::Node& node) {
  return node.is_text() ? node.text : yaml::to_json(node).dump();
}

void expect_effects(const Story& story, const yaml::Node& expected) {
  ASSERT_EQ(story.effects.size(), expected.items.size()) << ::testing::PrintToString(canonical(story));
  for (std::size_t i = 0; i < story.effects.size(); ++i) {
    const Effect& effect = story.effects[i];
    for (const yaml::Entry& entry : expected.items[i].entries) {
      SCOPED_TRACE("effect " + std::to_string(i) + ", " + entry.key.text);
      const std::string& key = entry.key.text;
      if (key == "key")
        EXPECT_EQ(effect.key, entry.value.text);
      else if (key == "do") {
        std::string verb = effect.kind == EffectKind::wait    ? "wait"
                           : effect.kind == EffectKind::reply ? "reply"
                                                              : effect.connector + "." + effect.action;
        EXPECT_EQ(verb, entry.value.text);
      } else if (key == "input")
        EXPECT_EQ(Json::parse(effect.input).value().dump(), yaml::to_json(entry.value).dump());
      else if (key == "connection")
        EXPECT_EQ(effect.connection, entry.value.text);
      else if (key == "name")
        EXPECT_EQ(effect.name, entry.value.text);
      else if (key == "timeout")
        EXPECT_EQ(to_text(effect.timeout), entry.value.text);
      else if (key == "wait_for")
        EXPECT_EQ(to_text(effect.wait_for), entry.value.text);
      else if (key == "until_ms")
        EXPECT_EQ(std::to_string(effect.until_ms), entry.value.text);
      else if (key == "tries")
        EXPECT_EQ(std::to_string(effect.retry.delays.size() + 1), entry.value.text);
      else
        ADD_FAILURE() << "unknown key";
    }
  }
}

/// The last record of each key must have the named properties.
void expect_steps(const Story& story, const yaml::Node& expected) {
  for (const yaml::Entry& entry : expected.entries) {
    SCOPED_TRACE("step " + entry.key.text);
    auto found = std::find_if(story.records.rbegin(), story.records.rend(),
                              [&](const StepRecord& record) { return record.key == entry.key.text; });
    if (entry.value.is_null()) {
      EXPECT_TRUE(found == story.records.rend()) << "should not have been begun";
      continue;
    }
    ASSERT_TRUE(found != story.records.rend()) << ::testing::PrintToString(canonical(story));
    for (const yaml::Entry& property : entry.value.entries) {
      const std::string& key = property.key.text;
      if (key == "state")
        EXPECT_EQ(to_string(found->state), property.value.text);
      else if (key == "note")
        EXPECT_EQ(found->note, property.value.text);
      else if (key == "output")
        EXPECT_EQ(found->output, yaml::to_json(property.value).dump());
      else if (key == "name")
        EXPECT_EQ(found->name, property.value.text);
      else if (key == "line")
        EXPECT_EQ(std::to_string(found->line), property.value.text);
      else
        ADD_FAILURE() << "unknown key " << key;
    }
  }
}

void expect_run(Story& story, const yaml::Node& expected) {
  for (const yaml::Entry& entry : expected.entries) {
    SCOPED_TRACE(entry.key.text);
    if (entry.key.text == "run")
      EXPECT_EQ(to_string(story.state), entry.value.text) << story.error;
    else if (entry.key.text == "error")
      EXPECT_NE(story.error.find(entry.value.text), std::string::npos) << story.error;
    else if (entry.key.text == "effects")
      expect_effects(story, entry.value);
    else if (entry.key.text == "steps")
      expect_steps(story, entry.value);
    else if (entry.key.text != "subject" && entry.key.text != "dedupe_key" && entry.key.text != "pacing" &&
             entry.key.text != "pace_key")
      ADD_FAILURE() << "unknown key";
  }
}

std::string pacing_text(const std::optional<Pacing>& pacing) {
  if (!pacing) return "(none)";
  std::string text(to_string(pacing->runs));
  if (pacing->limit) text += " " + to_text(*pacing->limit);
  if (pacing->debounce.count() > 0) text += " " + to_text(pacing->debounce);
  return text;
}

/// What the engine asks a run before it begins: its subject and its dedupe key.
void expect_words(const std::shared_ptr<const Flow>& flow, const RunInput& input,
                  const yaml::Node& expected) {
  Run run = Run::begin(flow, input);
  if (const yaml::Node* subject = expected.find("subject")) {
    EXPECT_EQ(run.subject(), subject->text);
  }
  if (const yaml::Node* key = expected.find("dedupe_key")) {
    auto given = run.dedupe_key();
    EXPECT_EQ(given.ok() ? given->value_or("(none)") : given.error().code, key->text);
  }
  if (const yaml::Node* pacing = expected.find("pacing")) {
    EXPECT_EQ(pacing_text(flow->pacing()), pacing->text);
  }
  if (const yaml::Node* key = expected.find("pace_key")) {
    auto given = run.pace_key();
    EXPECT_EQ(given.ok() ? *given : given.error().code, key->text);
  }
}

void run_case(const std::string& path) {
  yaml::Parsed parsed = yaml::parse(read_text(path), std::filesystem::path(path).filename().string());
  ASSERT_TRUE(parsed.ok()) << parsed.problems.front().to_text();
  const yaml::Node& root = parsed.root;
  for (const yaml::Entry& entry : root.entries) {
    static const std::vector<std::string> known{"flow", "flows",    "event", "meta",
                                                "vars", "outcomes", "expect"};
    EXPECT_NE(std::find(known.begin(), known.end(), entry.key.text), known.end()) << entry.key.text;
  }
  ShopCatalog catalog;
  if (const yaml::Node* flows = root.find("flows"))
    for (const yaml::Entry& entry : flows->entries) catalog.flows[entry.key.text] = entry.value.text;
  Loaded loaded = load_flow("case", "case.yaml", root.find("flow")->text, catalog);
  for (const Problem& problem : loaded.problems)
    EXPECT_EQ(problem.severity, Severity::warning) << problem.to_text();
  ASSERT_TRUE(loaded.flow);
  RunInput input{.run_id = "r1",
                 .event = ParsedJson::stored("{}").value(),
                 .meta = ParsedJson::stored(R"({"id":"e1"})").value(),
                 .vars = {},
                 .started_ms = 1'795'000'000'000,
                 .seed = 7};
  if (const yaml::Node* event = root.find("event")) input.event = ParsedJson::stored(text_of(*event)).value();
  if (const yaml::Node* meta = root.find("meta")) input.meta = ParsedJson::stored(text_of(*meta)).value();
  const yaml::Node* vars = root.find("vars");
  input.vars = vars_of(*loaded.flow, vars ? text_of(*vars) : "").value();
  Answers answers;
  if (const yaml::Node* outcomes = root.find("outcomes"))
    for (const yaml::Entry& entry : outcomes->entries) answers[entry.key.text] = read_outcome(entry.value);

  Story story = play(loaded.flow, input, answers, nullptr);
  const yaml::Node& expected = *root.find("expect");
  expect_run(story, expected);
  expect_words(loaded.flow, input, expected);
  std::mt19937 random(4711);
  for (int i = 0; i < random_orders; ++i) {
    Story again = play(loaded.flow, input, answers, &random);
    ASSERT_EQ(canonical(again), canonical(story)) << "the order of outcomes changed the story";
  }
}

class FlowCase : public ::testing::TestWithParam<std::string> {};

TEST_P(FlowCase, BehavesAsItsFileSays) { run_case(GetParam()); }

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

TEST(FlowCases, LieWhereARunnerReadsThem) {
  int seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(WAGGLE_SOURCE_DIR "/tests/flows")) {
    const std::string extension = entry.path().extension(), folder = entry.path().parent_path().filename();
    if (extension != ".yaml" && extension != ".yml") continue;
    ++seen;
    EXPECT_TRUE(extension == ".yaml" && (folder == "cases" || folder == "problems"))
        << entry.path() << " is run by nothing; move it to cases/";
  }
  EXPECT_GT(seen, 20);
}

INSTANTIATE_TEST_SUITE_P(Cases, FlowCase,
                         ::testing::ValuesIn(files_in(WAGGLE_SOURCE_DIR "/tests/flows/cases", ".yaml")),
                         name_of);

}  // namespace
}  // namespace waggle::flows::testing
