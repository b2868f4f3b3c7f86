// `waggle show ID`: everything that is known of one run or one event: what came in, what each step did, what
// was sent and answered.
#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/record_view.hpp"
#include "core/cli/shell/show_time.hpp"
#include "core/cli/shell/stored.hpp"

namespace waggle::cli {
namespace {

/// How much of an output a line shows; --json shows all.
constexpr std::size_t shown_output = 200;

struct Options {
  StoredAt at;
  std::string id;
};

void field(const Context& context, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  std::string label(name);
  label.resize(12, ' ');
  context.out() << context.terminal.styled(Style::dim, label) << value << '\n';
}

std::string sentence_of(const Error& error) {
  return std::string(to_string(error.next)) + ": " + error.message;
}

/// The payload as people read it: indented when it is JSON.
void print_payload(const Context& context, const store::Event& event) {
  const auto parsed = Json::parse(event.payload_text());
  context.out() << '\n' << (parsed ? parsed->dump_pretty() : event.payload_text()) << '\n';
}

void print_event_lines(const Context& context, const store::Event& event) {
  const std::string trigger = trigger_name(event.connector, event.trigger);
  field(context, "event", event.id);
  field(context, "trigger", trigger + (event.connection.empty() ? "" : " of " + event.connection));
  field(context, "received", full_time(event.received_ms));
  field(context, "delivery", event.delivery_id);
  if (event.repeats > 0)
    field(context, "repeated", std::to_string(event.repeats) + " times by the sender, not run again");
}

void print_steps(const Context& context, const std::string& trace) {
  const Json steps = parsed_or_text(trace);
  if (steps.items().empty()) return;
  context.out() << '\n';
  Table table({"STEP", "LINE", "WHAT", "STATE", "NOTE"}, 4);
  std::map<std::string, std::size_t> last;  // key -> its last record
  for (std::size_t i = 0; i < steps.size(); ++i) last[steps.at(i).text("key")] = i;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Json& step = steps.at(i);
    std::string note = step.text("note");
    if (note.empty()) note = cut_to(step.text("output"), shown_output);
    const std::string state = step.text("state");
    if (state == "waiting" && note.empty() && last[step.text("key")] != i)
      continue;  // what it waited for came
    const Style style = state == "failed" ? Style::red : state == "done" ? Style::green : Style::unset;
    table.add({step.text("key"), step.text("line"),
               step.contains("name") ? step.text("name") : step.text("verb"), Cell(state, style), note});
  }
  table.print(context.terminal);
}

void print_attempt(const Context& context, const store::Attempt& attempt) {
  context.out() << "  try " << attempt.number << " at " << full_time(attempt.started_ms) << ", "
                << short_duration(attempt.took_ms);
  if (attempt.error)
    context.out() << ": " << context.terminal.styled(Style::red, sentence_of(*attempt.error));
  context.out() << '\n';
  const Json exchanges = parsed_or_text(attempt.exchanges);  // named: a loop does not keep what it is part of
  for (const Json& exchange : exchanges.items()) {
    context.out() << "    " << exchange.text("method") << ' ' << exchange.text("url") << " -> "
                  << (exchange.contains("error") ? exchange.text("error") : exchange.text("status")) << '\n';
    for (const char* side : {"request", "response"})
      if (exchange.contains(side)) context.out() << "      " << side << ": " << exchange.text(side) << '\n';
  }
}

void print_effects(const Context& context, const store::RunDetail& detail) {
  for (const auto& effect : detail.effects) {
    context.out() << '\n'
                  << context.terminal.styled(Style::bold, effect.name) << "  " << effect.key << "  "
                  << store::to_string(effect.state);
    if (!effect.connection.empty()) context.out() << "  by " << effect.connection;
    context.out() << '\n';
    if (!effect.input.empty()) context.out() << "  input   " << cut_to(effect.input, shown_output) << '\n';
    if (!effect.output.empty()) context.out() << "  output  " << cut_to(effect.output, shown_output) << '\n';
    if (may_have_run_twice(effect, detail.attempts))
      context.out() << "  " << context.terminal.styled(Style::yellow, "may have run twice")
                    << ": the server stopped while it was being called\n";
    if (effect.state == store::EffectState::pending && effect.due_ms != 0)
      context.out() << "  again at " << full_time(effect.due_ms) << '\n';
    for (const auto& attempt : detail.attempts)
      if (attempt.key == effect.key) print_attempt(context, attempt);
  }
}

int show_run(const Context& context, const store::RunDetail& detail) {
  if (context.json) {
    Json json = json_of(detail.run);
    json.set("event", json_of(detail.event)).set("payload", parsed_or_text(detail.event.payload_text()));
    json.set("steps", parsed_or_text(detail.run.trace));
    Json& effects = json.set("effects", Json::array());
    for (const auto& effect : detail.effects) {
      Json& one = effects.push(json_of(effect));
      if (may_have_run_twice(effect, detail.attempts)) one.set("may_have_run_twice", true);
    }
    Json& attempts = json.set("attempts", Json::array());
    for (const auto& attempt : detail.attempts) attempts.push(json_of(attempt));
    context.print(json);
    return exit_ok;
  }
  const store::Run& run = detail.run;
  const Cell state = state_cell(run.state);
  field(context, "run", run.id);
  field(context, "flow",
        run.flow + "  " + context.terminal.styled(Style::dim, "version " + run.version.substr(0, 12)));
  field(context, "about", run.subject);
  field(context, "state",
        context.terminal.styled(state.style, state.text) +
            (run.parked_for.empty() ? "" : " until connection " + run.parked_for + " works again"));
  field(context, "why", run.error ? sentence_of(*run.error) : run.reason);
  field(context, "began", full_time(run.created_ms));
  if (run.ended_ms != 0) field(context, "took", short_duration(run.ended_ms - run.created_ms));
  field(context, "goes on", full_time(run.due_ms));
  print_event_lines(context, detail.event);
  print_steps(context, run.trace);
  print_effects(context, detail);
  return exit_ok;
}

int show_event(const Context& context, const store::Event& event, const std::vector<store::Run>& runs) {
  if (context.json) {
    Json json = json_of(event);
    json.set("meta", parsed_or_text(event.meta));
    json.set("payload", parsed_or_text(event.payload_text()));
    Json& list = json.set("runs", Json::array());
    for (const auto& run : runs) list.push(json_of(run));
    context.print(json);
    return exit_ok;
  }
  print_event_lines(context, event);
  for (const auto& run : runs)
    field(context, "run", run.id + "  " + run.flow + "  " + std::string(store::to_string(run.state)));
  if (runs.empty()) field(context, "run", "none: no flow waited for it");
  print_payload(context, event);
  return exit_ok;
}

int show(const Context& context, const Options& options) {
  auto reader = open_stored(options.at);
  if (!reader) return context.refuse(reader.error(), exit_usage);
  const auto run = (*reader)->run(options.id);
  if (!run) return context.refuse(run.error());
  if (*run) return show_run(context, **run);
  const auto event = (*reader)->event(options.id);
  if (!event) return context.refuse(event.error());
  if (!*event)
    return context.refuse(invalid("there is no run and no event " + options.id +
                                  "; `waggle runs` and `waggle events` list them"),
                          exit_usage);
  store::RunFilter of_this_event;
  of_this_event.event_id = options.id;
  const auto runs = (*reader)->runs(of_this_event);
  if (!runs) return context.refuse(runs.error());
  return show_event(context, **event, *runs);
}

}  // namespace

void add_show(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "show", "Show all that is known of a run or an event",
                                  group_watch, [options, &context] { return show(context, *options); });
  command->add_option("id", options->id, "Id of a run or of an event")->required();
  add_stored_options(*command, options->at);
}

}  // namespace waggle::cli
