// StepReader: what a kind of step sees of its place in the file while it is read. Read by flows/steps/*.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flows/load/reader.hpp"
#include "flows/work.hpp"

namespace waggle::flows {

/// Who uses the value of the last step of a list.
enum class ValueUse {
  unset,
  unused,
  allowed,  ///< the flow's own steps: nobody here, but a flow that calls this one
  wanted,   ///< `each` with `as`, and the like
};

class StepReader {
 public:
  StepReader(Reader& reader, const yaml::Node& step, const yaml::Node& verb, const yaml::Node& value,
             ValueUse use)
      : reader(reader), step(step), verb(verb), value(value), use(use) {}

  Reader& reader;
  const yaml::Node& step;   ///< the whole step: verb, settings, and the kind's keys beside the verb
  const yaml::Node& verb;   ///< the key; `verb.text` is its name
  const yaml::Node& value;  ///< what stands under the verb
  ValueUse use;             ///< of this step's value

  bool has_name() const { return step.find("as") != nullptr; }
  bool value_wanted() const { return has_name() || use == ValueUse::wanted; }
  ValueUse inner_use() const { return value_wanted() ? ValueUse::wanted : ValueUse::unused; }
};

/// What may stand beside every verb; of these `connection`, `retry`, `timeout` and `if_unknown` of actions
/// only.
const std::vector<std::string>& common_settings();

/// Reads a list of steps; reports and skips broken ones.
Block read_block(Reader& reader, const yaml::Node& list, ValueUse use);
/// One step, or nullopt after reporting.
std::optional<Step> read_step(Reader& reader, const yaml::Node& node, ValueUse use);
/// A list of steps whose names nobody sees outside; `extra` are names only it sees, like `item`.
Block read_inner_block(Reader& reader, const yaml::Node& list, ValueUse use,
                       const std::vector<std::string>& extra);

/// `none | quick | normal | patient` or {tries, first, max}.
std::optional<RetryPlan> read_retry(Reader& reader, const yaml::Node& node);
/// The connection an action or trigger uses; empty when it needs none. nullopt after reporting.
std::optional<std::string> read_connection(Reader& reader, const yaml::Node* node, const yaml::Node& at,
                                           const ConnectorSpec& connector);
/// Another flow as a program; null after reporting at `at`.
std::shared_ptr<const Program> load_called(Reader& reader, const yaml::Node& at, const std::string& id);

}  // namespace waggle::flows
