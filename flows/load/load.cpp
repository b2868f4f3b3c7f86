// Loads one flow file: the top-level keys. Steps are read by step_reader.cpp, expressions by Reader.
#include <algorithm>

#include <waggle/crypto.hpp>

#include "flows/flow.hpp"
#include "flows/load/bundle.hpp"
#include "flows/load/pacing.hpp"
#include "flows/load/step_reader.hpp"
#include "flows/load/triggers.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Node;

constexpr std::size_t max_calls_deep = 16;  // flows that call flows that call flows: nobody follows this

const std::vector<std::string>& top_keys() {
  static const std::vector<std::string> keys{"waggle",  "description", "when",    "subject", "dedupe",
                                             "enabled", "vars",        "numbers", "steps",   "if_failed",
                                             "runs",    "per",         "limit",   "debounce"};
  return keys;
}

/// Every `as` of the file, so that a name used too early is told from an unknown one.
void collect_names(const Node& node, Names& names) {
  for (const Node& item : node.items) collect_names(item, names);
  for (const yaml::Entry& entry : node.entries) {
    if (entry.key.text == "as" && entry.value.is_text()) names.expect(entry.value.text, entry.value.line);
    collect_names(entry.value, names);
  }
}

bool check_version(Reader& reader, const Node& root) {
  const Node* version = root.find("waggle");
  if (!version) {
    reader.error(root, "missing_key", "a flow file begins with `waggle: 1`", "add it as the first line");
    return false;
  }
  if (version->text == "1") return true;
  reader.error(*version, "unknown_version", "this program knows flow files of version 1 only",
               "write `waggle: 1`, or use a newer program");
  return false;
}

std::string read_vars(Reader& reader, const Node& vars) {
  if (!vars.is_mapping()) {
    reader.error(vars, "wrong_type", "`vars` must be a mapping of names to constants");
    return {};
  }
  for (const yaml::Entry& entry : vars.entries) {
    if (!is_plain_name(entry.key.text))
      reader.error(entry.key, "bad_name", "`" + entry.key.text.substr(0, 60) + "` cannot be a name",
                   "use letters, digits and _, and begin with a letter");
    if (entry.value.text.find("${") != std::string::npos)
      reader.error(entry.value, "no_expression_here", "`vars` holds constants and takes no ${...}",
                   "compute it in a `map` step");
    reader.warn_of_secret(entry.value);
  }
  return yaml::to_json(vars).dump();
}

void read_dedupe(Reader& reader, const Node& node, Body& body) {
  if (!node.is_mapping()) {
    reader.error(node, "wrong_type", "`dedupe` must be a mapping", "like dedupe: { key: event.id, for: 7d }");
    return;
  }
  reader.check_keys(node, {"key", "for"}, "dedupe");
  Dedupe dedupe;
  if (const Node* keep = node.find("for"))
    if (auto pause = reader.duration(*keep, "dedupe.for"))
      dedupe.keep = std::chrono::duration_cast<std::chrono::seconds>(*pause);
  if (const Node* key = node.find("key"))
    body.dedupe_key = reader.formula(*key, "dedupe.key");
  else
    reader.error(node, "missing_key", "`dedupe` needs `key`",
                 "name a field that tells events apart, like event.id");
  body.dedupe = dedupe;
}

/// Before anything that may hold expressions.
void read_numbers(Reader& reader, const Node& root) {
  const Node* numbers = root.find("numbers");
  if (!numbers) return;
  if (numbers->text == "decimal") return reader.use_decimal_numbers(true);
  if (numbers->text != "double")
    reader.error(*numbers, "unknown_value", "`numbers` is `decimal` or `double`",
                 "write `numbers: decimal` to calculate exactly with amounts of money");
}

void read_head(Reader& reader, const Node& root, Body& body) {
  if (const Node* text = root.find("description"))
    body.description = reader.constant_text(*text, "description").value_or("");
  if (const Node* enabled = root.find("enabled"))
    body.enabled = reader.boolean(*enabled, "enabled").value_or(true);
  if (const Node* subject = root.find("subject")) body.subject = reader.pattern(*subject);
  if (const Node* dedupe = root.find("dedupe")) read_dedupe(reader, *dedupe, body);
  read_pacing(reader, root, body);
  if (const Node* when = root.find("when"))
    body.triggers = read_triggers(reader, *when);
  else
    reader.error(root, "missing_key", "this flow has no `when`: nothing would start it",
                 "for a flow that only others call write `when: { manual: {} }`");
}

std::shared_ptr<const Program> read_program(Reader& reader, const Node& root, std::string_view id,
                                            ValueUse use) {
  auto program = std::make_shared<Program>();
  program->flow_id = id;
  collect_names(root, reader.names());
  if (const Node* vars = root.find("vars")) program->vars = read_vars(reader, *vars);
  if (const Node* steps = root.find("steps"))
    program->steps = read_block(reader, *steps, use);
  else
    reader.error(root, "missing_key", "this flow has no `steps`");
  if (const Node* rescue = root.find("if_failed"))
    program->if_failed =
        std::make_unique<const Block>(read_inner_block(reader, *rescue, ValueUse::unused, {"error"}));
  program->names = reader.names().slots();
  for (const std::string& name : program->names)
    program->members.push_back(
        {name.data(), static_cast<std::uint32_t>(name.size()), jsonata::key_hash(name), {}});
  return program;
}

/// What every flow file begins with, called or not: false, and reported, when it is no flow at all.
bool begin_file(Reader& reader, const Node& root) {
  if (!root.is_mapping()) {
    reader.error(Position{reader.source().file(), std::max(root.line, 1), std::max(root.column, 1)},
                 "not_a_flow", "a flow file is a mapping with the keys waggle, when and steps",
                 root.is_null() ? "the file is empty" : "");
    return false;
  }
  reader.check_keys(root, top_keys(), "a flow");
  read_numbers(reader, root);
  return check_version(reader, root);
}

void sort(Problems& problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
}

}  // namespace

std::shared_ptr<const Program> load_called(Reader& reader, const Node& at, const std::string& id) {
  LoadContext& context = reader.context();
  if (std::find(context.calling.begin(), context.calling.end(), id) != context.calling.end()) {
    reader.error(at, "call_cycle", "the flow `" + id + "` would call itself", "calls must end somewhere");
    return nullptr;
  }
  if (auto known = context.programs.find(id); known != context.programs.end()) return known->second;
  auto text = context.catalog.flow_text(id);
  if (!text || context.calling.size() > max_calls_deep) {
    reader.error(at, text ? "too_big" : "unknown_flow",
                 text ? "flows call each other more than " + std::to_string(max_calls_deep) + " deep"
                      : "there is no flow `" + id.substr(0, 60) + "`",
                 text ? "" : did_you_mean(id, context.catalog.flow_ids()));
    return nullptr;
  }
  context.texts[id] = *text;
  Problems problems;
  yaml::Parsed parsed = yaml::parse(*text, "flows/" + id + ".yaml");
  problems = parsed.problems;
  Reader called(context, parsed.source, problems);
  context.calling.push_back(id);
  std::shared_ptr<const Program> program;
  if (parsed.ok() && begin_file(called, parsed.root))
    program = read_program(called, parsed.root, id, ValueUse::wanted);
  context.calling.pop_back();
  auto first = std::find_if(problems.begin(), problems.end(),
                            [](const Problem& problem) { return problem.severity == Severity::error; });
  if (first != problems.end()) {
    reader.error(at, "broken_call", "the flow `" + id + "` has errors; the first: " + first->to_text(),
                 "mend it first");
    return nullptr;
  }
  context.programs[id] = program;
  return program;
}

Loaded load_flow(std::string_view id, std::string_view file, std::string_view text, const Catalog& catalog) {
  yaml::Parsed parsed = yaml::parse(text, file);
  Loaded loaded{nullptr, parsed.problems};
  if (!parsed.ok()) return loaded;
  LoadContext context{catalog, {std::string(id)}, {}, {{std::string(id), std::string(text)}}};
  Reader reader(context, parsed.source, loaded.problems);
  if (!begin_file(reader, parsed.root)) return loaded;
  auto body = std::make_shared<Body>();
  read_head(reader, parsed.root, *body);
  body->program = read_program(reader, parsed.root, id, ValueUse::allowed);
  for (const auto& [called, program] : context.programs) body->called.push_back(program);
  sort(loaded.problems);
  if (has_errors(loaded.problems)) return loaded;
  body->bundle = write_bundle(context.texts);
  body->version = to_hex(sha256(body->bundle));
  loaded.flow = std::make_shared<const Flow>(std::string(id), std::move(body));
  return loaded;
}

}  // namespace waggle::flows
