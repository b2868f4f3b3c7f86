#include "flows/run.hpp"

#include "flows/machine.hpp"
#include "flows/why.hpp"

namespace waggle::flows {

std::string_view to_string(StepState state) {
  switch (state) {
    case StepState::done:
      return "done";
    case StepState::skipped:
      return "skipped";
    case StepState::filtered:
      return "filtered";
    case StepState::failed:
      return "failed";
    case StepState::waiting:
      return "waiting";
    case StepState::unset:
      break;
  }
  return "unset";
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::succeeded:
      return "succeeded";
    case RunState::filtered:
      return "filtered";
    case RunState::stopped:
      return "stopped";
    case RunState::failed:
      return "failed";
    case RunState::unset:
      break;
  }
  return "unset";
}

namespace {

jsonata::Value root_of(const std::shared_ptr<const ParsedJson>& json) {
  return json ? json->root() : jsonata::Value();
}

}  // namespace

Machine::Machine(std::shared_ptr<const Flow> flow, RunInput input)
    : flow_(std::move(flow)), input_(std::move(input)), root_(std::make_unique<Sequence>()) {
  constexpr std::size_t usual_kept_bytes = 1024;
  arena_.expect(usual_kept_bytes);
  const Program& program = *flow_->body().program;
  root_->block = &program.steps;
  root_->own_frame = std::make_unique<Frame>(program);
  root_->frame = root_->own_frame.get();
  root_->frame->set(slot_event, root_of(input_.event));
  root_->frame->set(slot_meta, root_of(input_.meta));
  root_->frame->set(slot_vars, find_vars(input_.vars, program.flow_id));
}

std::string Machine::subject() {
  if (!flow_->body().subject) return {};
  Calculator calculator(input_.started_ms, input_.seed);
  calculator.enter(*root_->frame, "subject");
  Result<std::string> text = calculator.text(*flow_->body().subject);
  return text.ok() ? *text : std::string();
}

Result<std::optional<std::string>> Machine::dedupe_key() {
  const std::optional<Formula>& formula = flow_->body().dedupe_key;
  if (!formula) return std::optional<std::string>();
  auto key = key_of(*formula, "dedupe.key");
  if (!key.ok() && key.error().code == "no_value") key.error().code = "no_dedupe_key";
  WAGGLE_TRY(std::string text, std::move(key));
  return std::optional(std::move(text));
}

Result<std::string> Machine::pace_key() {
  const std::optional<Formula>& formula = flow_->body().per;
  return formula ? key_of(*formula, "per") : std::string();
}

Result<std::string> Machine::key_of(const Formula& formula, std::string_view field) {
  Calculator calculator(input_.started_ms, input_.seed);
  calculator.enter(*root_->frame, field.substr(0, field.find('.')));
  WAGGLE_TRY(jsonata::Value key, calculator.value(formula));
  if (key.is_undefined() || key.is_null())
    return invalid(formula.place().file + ": " + std::string(field) +
                       " has no value for this event; name a field that every event has",
                   "no_value");
  std::string text;
  append_plain(key, text);
  return text;
}

struct Run::State {
  State(std::shared_ptr<const Flow> flow, RunInput input) : machine(std::move(flow), std::move(input)) {}
  Machine machine;
};

Run::Run(std::unique_ptr<State> state) : state_(std::move(state)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;
Run::~Run() = default;

Run Run::begin(std::shared_ptr<const Flow> flow, RunInput input) {
  return Run(std::make_unique<State>(std::move(flow), std::move(input)));
}

Progress Run::advance() { return state_->machine.advance(); }

Result<Progress> Run::resolve(std::string_view key, const Outcome& outcome) {
  return state_->machine.resolve(key, outcome);
}

RunState Run::state() const { return state_->machine.state(); }
std::string Run::subject() const { return state_->machine.subject(); }
Result<std::optional<std::string>> Run::dedupe_key() const { return state_->machine.dedupe_key(); }
Result<std::string> Run::pace_key() const { return state_->machine.pace_key(); }
const Flow& Run::flow() const { return state_->machine.flow(); }

}  // namespace waggle::flows
