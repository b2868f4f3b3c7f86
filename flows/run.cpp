#include "flows/run.hpp"

#include "flows/machine.hpp"
#include "flows/why.hpp"

namespace waggle::flows {

using jsonata::Document;

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

/// The project's `vars` with the flow's own laid over them, as JSON text; empty when there are none.
std::string merge_vars(const std::string& project, const std::string& flow) {
  if (project.empty() || flow.empty()) return project.empty() ? flow : project;
  Result<Json> merged = Json::parse(project), own = Json::parse(flow);
  if (!merged.ok() || !own.ok()) return project;  // prepare() says what is wrong with it
  for (const auto& [name, value] : own->members()) merged->set(name, value);
  return merged->dump();
}

Result<Document> parse_part(const std::string& text, std::string_view what) {
  auto parsed = Document::parse_in_place(text, {.allow_duplicate_keys = true});
  if (!parsed.ok())
    return invalid("the " + std::string(what) + " of the run is not JSON: " + parsed.error().message,
                   "not_json");
  return parsed;
}

}  // namespace

Result<void> Machine::prepare() {
  const Program& program = *flow_->body().program;
  WAGGLE_TRY(event_, parse_part(input_.event, "event"));
  if (!input_.meta.empty()) {
    WAGGLE_TRY(meta_, parse_part(input_.meta, "meta"));
  }
  merged_vars_ = merge_vars(input_.vars, program.vars);
  if (!merged_vars_.empty()) {
    WAGGLE_TRY(vars_, parse_part(merged_vars_, "vars"));
  }
  root_ = std::make_unique<Sequence>();
  root_->block = &program.steps;
  root_->own_frame = std::make_unique<Frame>(program);
  root_->frame = root_->own_frame.get();
  root_->frame->set(slot_event, event_.root());
  root_->frame->set(slot_meta, meta_.root());
  root_->frame->set(slot_vars, vars_.root());
  return {};
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
  Machine machine;
};

Run::Run(std::unique_ptr<State> state) : state_(std::move(state)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;
Run::~Run() = default;

Result<Run> Run::begin(std::shared_ptr<const Flow> flow, RunInput input) {
  auto state = std::make_unique<State>(State{Machine(std::move(flow), std::move(input))});
  WAGGLE_TRY_VOID(state->machine.prepare());
  return Run(std::move(state));
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
