// `waggle events`: what came in, newest first.
#include <ostream>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/record_view.hpp"
#include "core/cli/shell/show_time.hpp"
#include "core/cli/shell/stored.hpp"

namespace waggle::cli {
namespace {

struct Options {
  StoredAt at;
  store::EventFilter filter;
};

int list_events(const Context& context, const Options& options) {
  auto reader = open_stored(options.at);
  if (!reader) return context.refuse(reader.error(), exit_usage);
  const auto events = (*reader)->events(options.filter);
  if (!events) return context.refuse(events.error());
  if (context.json) {
    Json list = Json::array();
    for (const auto& event : *events) list.push(json_of(event));
    context.print(list);
    return exit_ok;
  }
  if (events->empty()) {
    context.out() << "No events yet. `waggle send` posts one, and `waggle up` says at which addresses events "
                     "come in.\n";
    return exit_ok;
  }
  Table table({"WHEN (UTC)", "TRIGGER", "AGAIN", "EVENT"}, 1);
  for (const auto& event : *events)
    table.add({short_time(event.received_ms), trigger_name(event.connector, event.trigger),
               event.repeats == 0 ? Cell("") : Cell("+" + std::to_string(event.repeats)), event.id});
  table.print(context.terminal);
  return exit_ok;
}

}  // namespace

void add_events(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "events", "List events, newest first", group_watch,
                                  [options, &context] { return list_events(context, *options); });
  add_stored_options(*command, options->at);
  command->add_option("--source", options->filter.source,
                      "Only events from here: a connection, path:FLOW:/data/:id, manual:FLOW, "
                      "\"schedule:FLOW RULE\"; --json says each event's");
  command->add_option("--before", options->filter.before_id,
                      "Only events older than this one: the next page");
  command->add_option("--limit", options->filter.limit, "How many")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
}

}  // namespace waggle::cli
