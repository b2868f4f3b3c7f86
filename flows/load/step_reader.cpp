#include "flows/load/step_reader.hpp"

#include <algorithm>

#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Node;

bool is_common_setting(std::string_view word) {
  const auto& words = common_settings();
  return std::find(words.begin(), words.end(), word) != words.end();
}

const StepKind* kind_named(std::string_view verb) {
  for (const StepKind* kind : step_kinds())
    if (kind->verb == verb) return kind;
  return nullptr;
}

std::vector<std::string> known_verbs(const Catalog& catalog) {
  std::vector<std::string> verbs;
  for (const StepKind* kind : step_kinds())
    if (!kind->verb.empty()) verbs.emplace_back(kind->verb);
  for (const std::string& id : catalog.connector_ids()) {
    const ConnectorSpec* connector = catalog.connector(id);
    for (const ActionSpec& action : connector ? connector->actions : std::vector<ActionSpec>()) {
      if (action.id == "default") verbs.push_back(id);
      verbs.push_back(id + "." + action.id);
    }
  }
  return verbs;
}

/// The key of a step that says what to do; nullptr after reporting.
const yaml::Entry* find_verb(Reader& reader, const Node& step) {
  const yaml::Entry* other = nullptr;
  for (const yaml::Entry& entry : step.entries) {
    if (is_common_setting(entry.key.text)) continue;
    bool is_verb = kind_named(entry.key.text) || entry.key.text.find('.') != std::string::npos ||
                   reader.catalog().connector(entry.key.text);
    if (is_verb) return &entry;
    if (!other) other = &entry;
  }
  if (!other) {
    reader.error(step, "no_verb", "this step does nothing",
                 "a step begins with what it does, like `map:` or `slack.post_message:`");
    return nullptr;
  }
  reader.error(other->key, "unknown_step", "there is no step `" + other->key.text + "`",
               did_you_mean(other->key.text, known_verbs(reader.catalog())));
  return nullptr;
}

void check_settings(Reader& reader, const Node& step, const Node& verb, const StepKind& kind) {
  for (const yaml::Entry& entry : step.entries) {
    const std::string& key = entry.key.text;
    if (&entry.key == &verb || std::find(kind.beside.begin(), kind.beside.end(), key) != kind.beside.end())
      continue;
    bool of_actions = key == "connection" || key == "retry" || key == "timeout" || key == "if_unknown";
    if (is_common_setting(key)) {
      if (of_actions && !kind.is_action)
        reader.error(entry.key, "misplaced_setting",
                     "`" + key + "` is a setting of actions, and `" + verb.text + "` is none", "remove it");
      if (key == "as" && !kind.has_value)
        reader.error(entry.key, "misplaced_setting", "`" + verb.text + "` has no value that `as` could name",
                     "remove it");
      continue;
    }
    if (kind_named(key) || key.find('.') != std::string::npos) {
      reader.error(entry.key, "two_verbs", "this step does two things: `" + verb.text + "` and `" + key + "`",
                   "begin a new step with `- `");
      continue;
    }
    std::vector<std::string> known = common_settings();
    known.insert(known.end(), kind.beside.begin(), kind.beside.end());
    reader.error(entry.key, "unknown_setting", "`" + verb.text + "` has no setting `" + key + "`",
                 kind.is_action ? "inputs stand one level deeper, under `" + verb.text + ":`"
                                : did_you_mean(key, known));
  }
}

void read_name(Reader& reader, const Node& node, Step& step) {
  auto text = reader.constant_text(node, "as");
  if (!text) return;
  if (!is_plain_name(*text))
    return reader.error(node, "bad_name", "`" + text->substr(0, 60) + "` cannot be a name",
                        "use letters, digits and _, and begin with a letter");
  if (is_reserved_name(*text))
    return reader.error(node, "reserved_name",
                        "`" + *text + "` has a meaning of its own and cannot be given by `as`",
                        "choose another name");
  if (reader.names().visible(*text) || reader.names().taken_by_sibling(*text))
    return reader.error(node, "duplicate_name", "the name `" + *text + "` is given twice",
                        "choose another name");
  step.as = reader.names().declare(*text);
}

}  // namespace

const std::vector<std::string>& common_settings() {
  static const std::vector<std::string> words{"as",    "if",      "name",      "connection",
                                              "retry", "timeout", "if_failed", "if_unknown"};
  return words;
}

std::optional<Step> read_step(Reader& reader, const Node& node, ValueUse use) {
  static const Node nothing;
  yaml::Entry word;  // `- stop` is short for `- stop:`
  const yaml::Entry* entry = &word;
  if (node.is_text()) {
    word = {node, nothing};
    word.value.line = node.line;
    word.value.column = node.column;
    word.value.offset = node.offset;
    if (!kind_named(node.text) && node.text.find('.') == std::string::npos &&
        !reader.catalog().connector(node.text)) {
      reader.error(node, "unknown_step", "`" + node.text.substr(0, 60) + "` is no step",
                   "write what it does, a colon, and its inputs, like `log: order received`");
      return std::nullopt;
    }
  } else if (!node.is_mapping()) {
    reader.error(node, "wrong_type", "a step must be a mapping, and this is " + std::string(node.kind_name()),
                 "write what it does, a colon, and its inputs, like `log: order received`");
    return std::nullopt;
  } else {
    entry = find_verb(reader, node);
    if (!entry) return std::nullopt;
  }
  const StepKind* kind = kind_named(entry->key.text);
  if (!kind) kind = kind_named("");
  Step step;
  step.at = reader.place(entry->key);
  step.verb = step.name = entry->key.text;
  step.kind = kind;
  check_settings(reader, node, entry->key, *kind);
  StepReader inner(reader, node, entry->key, entry->value, use);
  step.value_wanted = inner.value_wanted();
  if (const Node* name = node.find("name"))
    if (auto text = reader.constant_text(*name, "name")) step.name = *text;
  if (const Node* condition = node.find("if")) step.condition = reader.condition(*condition, "if");
  step.work = kind->read(inner);
  if (const Node* rescue = node.find("if_failed"))
    step.if_failed =
        std::make_unique<const Block>(read_inner_block(reader, *rescue, inner.inner_use(), {"error"}));
  if (const Node* name = node.find("as"); name && kind->has_value) read_name(reader, *name, step);
  if (!step.work) return std::nullopt;
  return step;
}

Block read_block(Reader& reader, const Node& list, ValueUse use) {
  Block block;
  block.value_wanted = use == ValueUse::wanted;
  if (!list.is_list()) {
    reader.error(list, "wrong_type",
                 "here must be a list of steps, and this is " + std::string(list.kind_name()),
                 "begin each step with `- `");
    return block;
  }
  if (list.items.empty()) reader.error(list, "no_steps", "this list of steps is empty");
  for (const Node& item : list.items) {
    bool last = &item == &list.items.back();
    if (auto step = read_step(reader, item, last ? use : ValueUse::unused))
      block.steps.push_back(std::move(*step));
  }
  return block;
}

Block read_inner_block(Reader& reader, const Node& list, ValueUse use,
                       const std::vector<std::string>& extra) {
  std::size_t mark = reader.names().mark();
  reader.names().give(extra);
  Block block = read_block(reader, list, use);
  reader.names().take_back(mark);
  return block;
}

}  // namespace waggle::flows
