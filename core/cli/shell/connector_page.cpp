#include "core/cli/shell/connector_page.hpp"

#include <string_view>
#include <vector>

namespace waggle::cli {
namespace {

/// `|` would end a cell, a line break the table.
std::string cell(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '|') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string code(std::string_view text) { return "`" + cell(text) + "`"; }

std::string type_of(const Field& field) {
  if (field.type == FieldType::choice) {
    std::string words;
    for (const auto& choice : field.choices) words += (words.empty() ? "" : ", ") + code(choice);
    return words;
  }
  std::string type(to_string(field.type));
  if (field.type == FieldType::list && !field.fields.empty())
    type += " of " + std::string(to_string(field.fields[0].type));
  return type;
}

std::string help_of(const Field& field) {
  std::string help = cell(field.help);
  if (!field.fallback.is_null()) help += " Default: " + code(field.fallback.dump()) + ".";
  if (!field.example.is_null()) help += " Example: " + code(field.example.dump()) + ".";
  return help.starts_with(' ') ? help.substr(1) : help;
}

/// Members of objects and items of lists are rows of their own: `postings[].account`.
void add_rows(std::string& page, const std::vector<Field>& fields, const std::string& prefix) {
  for (const auto& field : fields) {
    const std::string name = prefix + field.name;
    page += "| " + code(name) + (field.required ? " **required**" : "") + " | " + type_of(field) + " | " +
            help_of(field) + " |\n";
    if (field.type == FieldType::object) add_rows(page, field.fields, name + ".");
    if (field.type == FieldType::list && !field.fields.empty())
      add_rows(page, field.fields[0].fields, name + "[].");
  }
}

void add_table(std::string& page, std::string_view title, const std::vector<Field>& fields) {
  if (fields.empty()) return;
  if (!title.empty()) page += "\n" + std::string(title) + "\n";
  page += "\n| field | type | what it is |\n|---|---|---|\n";
  add_rows(page, fields, "");
}

std::string_view repeats(Idempotency idempotency) {
  switch (idempotency) {
    case Idempotency::native:
      return "A repeat does no harm: the app knows our idempotency key, or doing it twice is doing it once.";
    case Idempotency::lookup:
      return "A repeat does nothing twice: the action looks first whether it was done.";
    case Idempotency::read:
      return "Changes nothing.";
    case Idempotency::unset:
      break;
  }
  return "The app cannot tell a repeat: after a lost answer it may be done twice.";
}

/// A YAML scalar or flow value; JSON is YAML, and quotes are harmless.
std::string yaml_value(const Json& value) { return value.dump(); }

}  // namespace

std::string example_step(const ConnectorSpec& spec, const ActionSpec& action) {
  std::string step = "- " + spec.id + "." + action.id + ":\n";
  bool any = false;
  for (const auto& input : action.inputs) {
    if (input.example.is_null()) {
      if (input.required) return "";
      continue;
    }
    step += "    " + input.name + ": " + yaml_value(input.example) + "\n";
    any = true;
  }
  return any ? step : "";
}

std::string markdown_of(const ConnectorSpec& spec) {
  std::string page = "# " + spec.title + "\n\n";
  page += "<!-- Written by `waggle connectors show " + spec.id + " --markdown`. Do not edit. -->\n\n";
  page += "Connector " + code(spec.id) + ", version " + spec.version + ". " + spec.help + "\n";

  if (!spec.settings.empty()) {
    page += "\n## Connection\n\n";
    page += spec.connection_optional ? "May be used without one.\n" : "An account in `connections.yaml`.\n";
    if (spec.checks) page += "`waggle connections test NAME` tells whether it works.\n";
    add_table(page, "", spec.settings);
  }
  if (!spec.triggers.empty()) page += "\n## Triggers\n";
  for (const auto& trigger : spec.triggers) {
    page +=
        "\n### " + spec.id + (trigger.id == "default" ? "" : "." + trigger.id) + "\n\n" + trigger.help + "\n";
    page += trigger.delivery == Delivery::path ? "Comes in at the path that the flow declares.\n"
                                               : "Comes in at `/hooks/<connection>`.\n";
    add_table(page, "Settings, under `when`:", trigger.settings);
    add_table(page, "Fields of `event` with a type (all others are there as they came):", trigger.payload);
  }
  if (!spec.actions.empty()) page += "\n## Actions\n";
  for (const auto& action : spec.actions) {
    page += "\n### " + spec.id + "." + action.id + "\n\n" + action.help + "\n" +
            std::string(repeats(action.idempotency)) + "\n";
    if (action.open_inputs) page += "Takes other inputs too and hands them on.\n";
    add_table(page, "Inputs:", action.inputs);
    add_table(page, "What it gives:", action.outputs);
    if (const std::string step = example_step(spec, action); !step.empty())
      page += "\n```yaml\n" + step + "```\n";
  }
  return page;
}

}  // namespace waggle::cli
