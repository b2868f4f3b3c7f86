// One data-driven case of the flow room: a flow, an event, what the world answers, and what is expected. The
// files are tests/flows/cases/*.yaml; tests/flows/README.md tells their keys.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "flows/run.hpp"
#include "flows/yaml/parse.hpp"
#include "tests/flows/shop_catalog.hpp"

namespace waggle::flows::testing {

/// Everything one run did, in the order it did it.
struct Story {
  std::vector<Effect> effects;
  std::vector<StepRecord> records;
  RunState state = RunState::unset;
  std::string error;
};

/// Answers by key of effect; an effect without an answer is done with null.
using Answers = std::map<std::string, Outcome>;

/// Runs to the end. `random` picks which open effect is resolved next; null: the oldest.
Story play(const std::shared_ptr<const Flow>& flow, const RunInput& input, const Answers& answers,
           std::mt19937* random);

/// The story as lines that do not depend on the order in which effects were resolved.
std::vector<std::string> canonical(const Story& story);

std::string read_text(const std::string& path);
std::vector<std::string> files_in(const std::string& folder, const std::string& extension);

}  // namespace waggle::flows::testing
