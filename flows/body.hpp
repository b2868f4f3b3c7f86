// Body: the compiled inside of a flow: steps, names and top-level settings. Made by the loader, read by Run;
// immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flows/flow.hpp"
#include "flows/formula.hpp"

namespace waggle::flows {

class Work;
struct StepKind;
struct Step;

/// A list of steps.
struct Block {
  std::vector<Step> steps;
  bool value_wanted = false;  ///< somebody uses the value of its last step
};

/// The names of a flow are slots of its Frame; these come first, those given by `as` follow.
enum Slot : std::size_t {
  slot_event,
  slot_meta,
  slot_vars,
  slot_item,
  slot_index,
  slot_error,
  slot_first_free
};

inline constexpr std::size_t no_slot = static_cast<std::size_t>(-1);

struct Step {
  Position at;
  std::string verb;  ///< `map`, `slack.post_message`
  std::string name;  ///< `name:`, or the verb
  const StepKind* kind = nullptr;
  std::size_t as = no_slot;
  bool value_wanted = false;  ///< named by `as`, or the last step of a block whose value is wanted
  std::optional<Condition> condition;
  std::unique_ptr<const Block> if_failed;
  std::unique_ptr<const Work> work;
};

/// What a flow that is called shares with the flow that stands at the top: steps, names, and what to do on
/// failure.
struct Program {
  std::string flow_id;
  Block steps;
  std::unique_ptr<const Block> if_failed;
  std::vector<std::string> names;        ///< by slot
  std::vector<jsonata::Member> members;  ///< a Frame without values: points into `names`
  std::string vars;                      ///< JSON object of the flow's own `vars`; empty = none
};

struct Body {
  std::string description;
  std::string version;
  std::string bundle;
  std::vector<Trigger> triggers;
  std::optional<Dedupe> dedupe;
  std::optional<Formula> dedupe_key;
  std::optional<Pacing> pacing;
  std::optional<Formula> per;
  std::optional<Pattern> subject;
  bool enabled = true;
  std::shared_ptr<const Program> program;
  std::vector<std::shared_ptr<const Program>> called;  ///< by this flow, and by those that it calls
};

}  // namespace waggle::flows
