// What the engine relies on: versions and bundles, replay, errors of Run, and random flows under random
// orders of outcomes.
#include <gtest/gtest.h>

#include "flows/machine.hpp"
#include "tests/flows/case.hpp"

namespace waggle::flows::testing {
namespace {

std::shared_ptr<const Flow> must_load(const std::string& text, const Catalog& catalog) {
  Loaded loaded = load_flow("test", "flows/test.yaml", text, catalog);
  for (const Problem& problem : loaded.problems)
    EXPECT_EQ(problem.severity, Severity::warning) << problem.to_text();
  return loaded.flow;
}

RunInput input_with(std::string event) {
  return {.run_id = "r1",
          .event = ParsedJson::stored(std::move(event)).value(),
          .meta = {},
          .vars = {},
          .started_ms = 1'795'000'000'000,
          .seed = 7};
}

constexpr const char* calling = R"(
waggle: 1
description: Calls another one
enabled: false
when:
  schedule: { every: 1h }
dedupe: { key: event.id, for: 2h }
steps:
  - call: other
)";
constexpr const char* called =
    "waggle: 1\nwhen: { manual: {} }\nvars: { of: other }\nsteps: [ { log: \"${event.id}\" } ]\n";

TEST(FlowVersion, IsTheHashOfItsTextAndOfWhatItCalls) {
  ShopCatalog catalog;
  catalog.flows["other"] = called;
  auto flow = must_load(calling, catalog);
  ASSERT_TRUE(flow);
  EXPECT_EQ(flow->version().size(), 64u);
  EXPECT_EQ(flow->version(), must_load(calling, catalog)->version());
  EXPECT_EQ(flow->description(), "Calls another one");
  EXPECT_FALSE(flow->enabled());
  EXPECT_EQ(flow->dedupe()->keep, std::chrono::hours(2));
  ASSERT_EQ(flow->triggers().size(), 1u);
  EXPECT_EQ(flow->triggers()[0].settings.dump(), R"({"every":"1h"})");
  catalog.flows["other"] += "# changed\n";
  EXPECT_NE(flow->version(), must_load(calling, catalog)->version());
}

TEST(FlowBundle, RebuildsAVersionAfterTheFilesHaveChanged) {
  ShopCatalog catalog;
  catalog.flows["other"] = called;
  auto flow = must_load(calling, catalog);
  ASSERT_TRUE(flow);
  std::string bundle = flow->bundle();
  catalog.flows["other"] = "broken";
  Loaded again = load_bundle("test", bundle, catalog);
  ASSERT_TRUE(again.flow) << again.problems.front().to_text();
  EXPECT_EQ(again.flow->version(), flow->version());
  EXPECT_EQ(jsonata::to_json(find_vars(vars_of(*again.flow, "").value(), "other")), R"({"of":"other"})");
  EXPECT_FALSE(load_bundle("test", "{}", catalog).flow);
  EXPECT_EQ(load_bundle("test", "not json", catalog).problems.at(0).code, "bad_bundle");
}

TEST(Run, RefusesAnOutcomeOfAnEffectThatIsNotOpen) {
  ShopCatalog catalog;
  auto flow = must_load("waggle: 1\nwhen: { manual: {} }\nsteps: [ { wait: 1s } ]\n", catalog);
  flows::Run run = flows::Run::begin(flow, input_with("{}"));
  EXPECT_EQ(run.state(), RunState::unset);
  EXPECT_EQ(run.advance().wanted.size(), 1u);
  EXPECT_EQ(run.state(), RunState::running);
  EXPECT_EQ(run.resolve("7", {}).error().next, Next::bug);
  EXPECT_EQ(run.resolve("0", {})->state, RunState::succeeded);
  EXPECT_EQ(run.resolve("0", {}).error().next, Next::bug);
  EXPECT_TRUE(run.advance().records.empty());
}

TEST(Run, GivesTheSameRandomValuesToTheSameSeedAndOthersToAnother) {
  ShopCatalog catalog;
  auto flow = must_load(
      "waggle: 1\nwhen: { manual: {} }\nsteps:\n  - map: { a: \"${$random()}\", b: \"${$random()}\", t: "
      "\"${$now()}\" }\n",
      catalog);
  ASSERT_TRUE(flow);
  Story first = play(flow, input_with("{}"), {}, nullptr), second = play(flow, input_with("{}"), {}, nullptr);
  EXPECT_EQ(canonical(first), canonical(second));
  RunInput other = input_with("{}");
  other.seed = 8;
  EXPECT_NE(canonical(first), canonical(play(flow, other, {}, nullptr)));
  Json value = Json::parse(first.records.at(0).output).value();
  EXPECT_NE(value.at("a"), value.at("b"));
  EXPECT_EQ(value.text("t"), "2026-11-18T11:06:40.000Z");
}

TEST(Run, RefusesMoreItemsThanItsLimitAndTakesTheLimit) {
  ShopCatalog catalog;
  auto flow = must_load(
      "waggle: 1\nwhen: { manual: {} }\nsteps:\n  - each: \"[1..event.n]\"\n    steps: [ filter: item < 0 "
      "]\n",
      catalog);
  ASSERT_TRUE(flow);
  EXPECT_EQ(play(flow, input_with(R"({"n":10000})"), {}, nullptr).state, RunState::succeeded);
  Story more = play(flow, input_with(R"({"n":10001})"), {}, nullptr);
  EXPECT_EQ(more.state, RunState::failed);
  EXPECT_NE(more.error.find("10001 items"), std::string::npos) << more.error;
}

/// A JSON text that takes exactly so many bytes of a run's memory.
std::string text_of_bytes(std::size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; }

TEST(Run, KeepsAnswersUpToItsLimitAndNotOneMore) {
  ShopCatalog catalog;
  auto flow = must_load(R"(
waggle: 1
when: { manual: {} }
steps:
  - http.post: { url: "https://x.test/a" }
    as: a
  - http.post: { url: "https://x.test/b" }
    as: b
  - http.post: { url: "https://x.test/nobody-wants-it" }
  - log: done
)",
                        catalog);
  ASSERT_TRUE(flow);
  const std::string half = text_of_bytes(max_kept_bytes / 2);
  const auto end = [&](const std::string& second) {
    return play(flow, input_with("{}"), {{"0", {{}, half}}, {"1", {{}, second}}, {"2", {{}, half}}}, nullptr);
  };
  EXPECT_EQ(end(half).state, RunState::succeeded);
  Story more = end(text_of_bytes(max_kept_bytes / 2 + 1));
  EXPECT_EQ(more.state, RunState::failed);
  EXPECT_NE(more.error.find("keeps more than 64 MB"), std::string::npos) << more.error;
}

TEST(Run, LetsGoOfWhatIsTooMuchAndHandlesItsFailure) {
  ShopCatalog catalog;
  auto flow = must_load(R"(
waggle: 1
when: { manual: {} }
steps:
  - each: "[1..4]"
    steps:
      - http.post: { url: "https://x.test/${item}" }
        as: answer
        if_failed: [ log: "${error.code}" ]
      - log: went on
  - map: ${event.text}
    as: copy
    if_failed: [ log: "${error.code}" ]
  - map: ${$length(event.text)}
)",
                        catalog);
  ASSERT_TRUE(flow);
  Answers answers;
  const std::string answer = text_of_bytes(max_kept_bytes / 5 * 2);
  for (int i = 0; i < 4; ++i) answers["0[" + std::to_string(i) + "]/0"] = {{}, answer};
  Story story = play(flow, input_with(R"({"text":)" + answer + "}"), answers, nullptr);
  EXPECT_EQ(story.state, RunState::succeeded) << story.error;
  std::vector<std::string> refused, went_on;
  for (const StepRecord& record : story.records) {
    if (record.output == R"("too_much_memory")") refused.push_back(record.key);
    if (record.output == R"("went on")") went_on.push_back(record.key);
  }
  EXPECT_EQ(refused, (std::vector<std::string>{"0[2]/0/if_failed/0", "0[3]/0/if_failed/0", "1/if_failed/0"}));
  EXPECT_EQ(went_on.size(), 4u);
}

TEST(Run, KeepsWhatItComputesUpToItsLimitAndNotOneMore) {
  ShopCatalog catalog;
  auto flow = must_load(R"(
waggle: 1
when: { manual: {} }
steps:
  - map: ${event.text}
    as: a
  - map: ${event.text}
    as: b
)",
                        catalog);
  ASSERT_TRUE(flow);
  const auto end = [&](std::size_t letters) {
    return play(flow, input_with(R"({"text":)" + text_of_bytes(letters + 2) + "}"), {}, nullptr).state;
  };
  EXPECT_EQ(end(max_kept_bytes / 2), RunState::succeeded);
  EXPECT_EQ(end(max_kept_bytes / 2 + 1), RunState::failed);
}

TEST(Run, EndsARunThatDoesTooManySteps) {
  ShopCatalog catalog;
  auto flow = must_load(R"(
waggle: 1
when: { manual: {} }
steps:
  - each: "[1..1000]"
    steps:
      - each: "[1..1000]"
        steps: [ filter: item < 0 ]
)",
                        catalog);
  ASSERT_TRUE(flow);
  Story story = play(flow, input_with("{}"), {}, nullptr);
  EXPECT_EQ(story.state, RunState::failed);
  EXPECT_NE(story.error.find("steps"), std::string::npos) << story.error;
}

// --- random flows
// --------------------------------------------------------------------------------------------------

/// Writes flows of random shape whose every effect, branch and item may fail, filter or stop.
class RandomFlow {
 public:
  explicit RandomFlow(unsigned seed) : random_(seed) {}

  std::string text() {
    std::string out = "waggle: 1\nwhen: { manual: {} }\nsteps:\n";
    block(out, 1, 0);
    if (chance(50))
      out += "if_failed:\n  - slack.post_message: { channel: ops, text: \"${error.message}\" }\n";
    return out;
  }

  Outcome outcome() {
    if (chance(25)) return {failed("it broke " + std::to_string(pick(9))), {}};
    return {{}, "{\"n\":" + std::to_string(pick(5)) + "}"};
  }

 private:
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  bool chance(int percent) { return pick(100) < percent; }

  void block(std::string& out, int indent, int depth) {
    int count = 1 + pick(3);
    for (int i = 0; i < count; ++i) step(out, indent, depth);
  }

  void step(std::string& out, int indent, int depth) {
    std::string pad(static_cast<std::size_t>(indent) * 2, ' ');
    switch (pick(depth < 3 ? 9 : 5)) {
      case 0:
        out += pad + "- filter: $random() > 0.1\n";
        break;
      case 1:
        out += pad + "- map: { r: \"${$random()}\", n: \"${event.n}\" }\n" + pad + "  as: m" +
               std::to_string(names_++) + "\n";
        break;
      case 2:
      case 3:
        effect(out, pad);
        break;
      case 4:
        out += pad + (chance(80)   ? "- log: \"${event}\"\n"
                      : chance(50) ? "- stop:\n"
                                   : "- fail: on purpose\n");
        break;
      case 5:
        out += pad + "- route:\n" + pad + "    - if: $random() > 0.5\n" + pad + "      steps:\n";
        block(out, indent + 4, depth + 1);
        out += pad + "    - else:\n";
        block(out, indent + 4, depth + 1);
        break;
      case 6:
        out += pad + "- each: event.list\n" + pad + "  at_once: " + std::to_string(1 + pick(3)) + "\n" + pad +
               "  steps:\n";
        block(out, indent + 2, depth + 1);
        out += pad + "  as: list" + std::to_string(names_++) + "\n";
        break;
      default:
        out += pad + "- together:\n";
        for (int i = 0, n = 1 + pick(3); i < n; ++i) {
          out += pad + "    -\n";
          block(out, indent + 3, depth + 1);
        }
        break;
    }
    if (chance(20)) out += pad + "  if_failed: [ log: \"${error.step} ${error.message}\" ]\n";
  }

  void effect(std::string& out, const std::string& pad) {
    out += pad + "- slack.post_message: { channel: \"${event.n}\", text: \"${$random()}\" }\n" + pad +
           "  as: s" + std::to_string(names_++) + "\n";
  }

  std::mt19937 random_;
  int names_ = 0;
};

TEST(Run, TellsTheSameStoryInWhateverOrderOutcomesCome) {
  ShopCatalog catalog;
  std::size_t effects = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomFlow random_flow(seed);
    std::string text = random_flow.text();
    SCOPED_TRACE(text);
    auto flow = must_load(text, catalog);
    ASSERT_TRUE(flow);
    RunInput input = input_with(R"({"n":3,"list":["a","b","c","d"]})");
    input.seed = seed;
    Answers answers;
    for (bool added = true; added;) {  // answers change what is wanted next, so until every effect has one
      added = false;
      for (const Effect& effect : play(flow, input, answers, nullptr).effects)
        added = answers.try_emplace(effect.key, random_flow.outcome()).second || added;
    }
    Story story = play(flow, input, answers, nullptr);
    effects += story.effects.size();
    EXPECT_NE(story.state, RunState::running);
    std::mt19937 order(seed);
    for (int i = 0; i < 8; ++i) ASSERT_EQ(canonical(play(flow, input, answers, &order)), canonical(story));
  }
  EXPECT_GT(effects, 300u);
}

}  // namespace
}  // namespace waggle::flows::testing
