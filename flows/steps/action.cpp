// <connector>.<action>: calls an app. Inputs are checked against the connector's declaration when the flow is
// loaded, and brought into their declared types when the step runs.
#include <algorithm>

#include "flows/coerce.hpp"
#include "flows/load/declared_fields.hpp"
#include "flows/load/step_reader.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Node;

struct Input {
  Field field;                     ///< `any` when the action does not declare it
  std::optional<Pattern> pattern;  ///< none: not given, so its fallback
};

struct ActionCall {
  std::string connector, action, connection, verb;
  RetryPlan retry;
  bool park_if_unknown = false;
  std::chrono::milliseconds timeout{0};
  std::vector<Input> inputs;
};

class ActionWork final : public Work {
 public:
  explicit ActionWork(ActionCall call) : call_(std::move(call)) {}

  void start(Turn& turn) const override {
    Effect effect;
    effect.kind = EffectKind::action;
    Result<std::string> input = write_inputs(turn.calculator());
    if (!input.ok()) return turn.fail(std::move(input).error());
    effect.input = std::move(input).value();
    effect.connector = call_.connector;
    effect.action = call_.action;
    effect.connection = call_.connection;
    effect.retry = call_.retry;
    effect.park_if_unknown = call_.park_if_unknown;
    effect.timeout = call_.timeout;
    turn.want(std::move(effect));
  }

 private:
  Result<std::string> write_inputs(Calculator& calculator) const {
    std::string json = "{";
    for (const Input& input : call_.inputs) {
      jsonata::Value given;
      if (input.pattern) {
        WAGGLE_TRY(given, calculator.build(*input.pattern));
      }
      WAGGLE_TRY(jsonata::Value value, coerce(given, input.field, call_.verb, calculator.memory()));
      if (value.is_undefined() || (value.is_null() && input.field.required)) {
        if (!input.field.required) continue;
        return invalid("the input `" + input.field.name + "` of " + call_.verb +
                           " is required and had no value" +
                           (calculator.why().empty() ? "" : " (" + calculator.why() + ")"),
                       "missing_input");
      }
      json += json.size() > 1 ? "," : "";
      Json(input.field.name).append_to(json);
      json += ':';
      jsonata::append_json(value, json);
    }
    return json + "}";
  }

  ActionCall call_;
};

/// Settings that were written among the inputs: one level too deep.
void check_misplaced(Reader& reader, const Node& inputs, const ActionSpec& action, const std::string& verb) {
  for (const yaml::Entry& entry : inputs.entries) {
    const std::vector<std::string>& settings = common_settings();
    const std::string& key = entry.key.text;
    bool is_setting = std::find(settings.begin(), settings.end(), key) != settings.end();
    bool is_input = std::any_of(action.inputs.begin(), action.inputs.end(),
                                [&](const Field& one) { return one.name == key; });
    if (is_setting && !is_input && !action.open_inputs)
      reader.error(entry.key, "misplaced_setting",
                   "`" + key + "` is a setting of the step, not an input of " + verb,
                   "write it beside `" + verb + ":`, one level further left");
  }
}

Node without_settings(const Node& inputs, const ActionSpec& action) {
  Node rest = inputs;
  std::erase_if(rest.entries, [&](const yaml::Entry& entry) {
    const std::vector<std::string>& settings = common_settings();
    bool is_input = std::any_of(action.inputs.begin(), action.inputs.end(),
                                [&](const Field& one) { return one.name == entry.key.text; });
    return !is_input && !action.open_inputs &&
           std::find(settings.begin(), settings.end(), entry.key.text) != settings.end();
  });
  return rest;
}

bool read_inputs(StepReader& step, const ActionSpec& action, ActionCall& call) {
  Reader& reader = step.reader;
  if (!step.value.is_mapping() && !step.value.is_null()) {
    reader.error(step.value, "wrong_type", "the inputs of " + call.verb + " must be a mapping",
                 "write name: value below it");
    return false;
  }
  check_misplaced(reader, step.value, action, call.verb);
  const Node inputs = without_settings(step.value, action);
  check_fields(reader, &inputs, step.verb, action.inputs,
               {.owner = call.verb, .one = "input", .open = action.open_inputs, .templates = true});
  bool good = true;
  for (const yaml::Entry& entry : inputs.entries) {
    auto declared = std::find_if(action.inputs.begin(), action.inputs.end(),
                                 [&](const Field& field) { return field.name == entry.key.text; });
    auto pattern = reader.pattern(entry.value);
    good = good && pattern;
    if (!pattern) continue;
    Field field =
        declared == action.inputs.end() ? Field{.name = entry.key.text, .type = FieldType::any} : *declared;
    call.inputs.push_back({std::move(field), std::move(*pattern)});
  }
  for (const Field& field : action.inputs)
    if (!field.fallback.is_null() && !inputs.find(field.name)) call.inputs.push_back({field, std::nullopt});
  return good;
}

/// `if_unknown`: what to do about a call that may have reached the app, when the server stopped before its
/// answer.
void read_if_unknown(Reader& reader, const Node& node, const ActionSpec& action, ActionCall& call) {
  const auto word = reader.constant_text(node, "if_unknown");
  if (!word) return;
  call.park_if_unknown = *word == "park";
  if (*word != "park" && *word != "repeat")
    return reader.error(node, "not_a_choice", "`if_unknown` cannot be `" + word->substr(0, 60) + "`",
                        did_you_mean(*word, {"repeat", "park"}));
  if (call.park_if_unknown && action.idempotency != Idempotency::unset)
    reader.warn(node, "no_effect",
                call.verb + " can be repeated without harm, so nothing is unknown about it",
                "remove `if_unknown`");
}

std::vector<std::string> known_actions(const Catalog& catalog) {
  std::vector<std::string> known;
  for (const std::string& id : catalog.connector_ids())
    if (const ConnectorSpec* connector = catalog.connector(id))
      for (const ActionSpec& action : connector->actions) known.push_back(id + "." + action.id);
  return known;
}

const ActionSpec* find_action(StepReader& step, const ConnectorSpec*& connector, ActionCall& call) {
  std::size_t dot = call.verb.find('.');
  call.connector = call.verb.substr(0, dot);
  call.action = dot == std::string::npos ? "default" : call.verb.substr(dot + 1);
  connector = step.reader.catalog().connector(call.connector);
  const ActionSpec* action = connector ? connector->action(call.action) : nullptr;
  if (action) return action;
  if (connector)
    step.reader.error(step.verb, "unknown_action", "there is no action `" + call.verb + "`",
                      did_you_mean(call.verb, known_actions(step.reader.catalog())));
  else
    step.reader.error(step.verb, "unknown_connector",
                      "there is no connector `" + call.connector.substr(0, 60) + "`",
                      did_you_mean(call.verb, known_actions(step.reader.catalog())));
  return nullptr;
}

std::unique_ptr<const Work> read(StepReader& step) {
  Reader& reader = step.reader;
  ActionCall call;
  call.verb = step.verb.text;
  call.retry = *named_retry_plan("normal");
  const ConnectorSpec* connector = nullptr;
  const ActionSpec* action = find_action(step, connector, call);
  if (!action) return nullptr;
  bool good = read_inputs(step, *action, call);
  auto connection = read_connection(reader, step.step.find("connection"), step.verb, *connector);
  if (connection) call.connection = *connection;
  if (const Node* retry = step.step.find("retry")) {
    auto plan = read_retry(reader, *retry);
    if (plan) call.retry = *plan;
  }
  if (const Node* timeout = step.step.find("timeout")) {
    auto limit = reader.duration(*timeout, "timeout");
    if (limit) call.timeout = *limit;
  }
  if (const Node* unknown = step.step.find("if_unknown")) read_if_unknown(reader, *unknown, *action, call);
  if (!good || !connection) return nullptr;
  return std::make_unique<ActionWork>(std::move(call));
}

}  // namespace

const StepKind& action_step() {
  static const StepKind kind{.verb = "", .has_value = true, .is_action = true, .read = read};
  return kind;
}

}  // namespace waggle::flows
