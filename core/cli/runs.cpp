// `waggle runs`: which flows handled which events, newest first.
#include <ostream>
#include <string>
#include <vector>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/record_view.hpp"
#include "core/cli/shell/show_time.hpp"
#include "core/cli/shell/stored.hpp"

namespace waggle::cli {
namespace {

struct Options {
  StoredAt at;
  store::RunFilter filter;
  std::vector<std::string> states;
};

std::string what_it_is_about(const store::Run& run) {
  return run.subject.empty() ? run.flow : run.flow + " " + run.subject;
}

int list_runs(const Context& context, Options& options) {
  for (const std::string& word : options.states) {
    const store::RunState state = store::run_state_from(word);
    if (state == store::RunState::unset)
      return context.refuse(
          invalid("there is no state " + word +
                  "; states are queued, held, waiting, parked, succeeded, filtered, stopped, failed"),
          exit_usage);
    options.filter.states.push_back(state);
  }
  auto reader = open_stored(options.at);
  if (!reader) return context.refuse(reader.error(), exit_usage);
  const auto runs = (*reader)->runs(options.filter);
  if (!runs) return context.refuse(runs.error());
  if (context.json) {
    Json list = Json::array();
    for (const auto& run : *runs) list.push(json_of(run));
    context.print(list);
    return exit_ok;
  }
  if (runs->empty()) {
    context.out() << "No runs. A run begins when an event comes in that a flow waits for.\n";
    return exit_ok;
  }
  Table table({"WHEN (UTC)", "STATE", "FLOW", "RUN"}, 2);
  for (const auto& run : *runs) {
    table.add({short_time(run.created_ms), state_cell(run.state), what_it_is_about(run), run.id});
  }
  table.print(context.terminal);
  for (const auto& run : *runs)
    if (!run.reason.empty() && !store::is_final(run.state))
      context.out() << "run " << run.id << " " << run.reason << "\n";
  return exit_ok;
}

}  // namespace

void add_runs(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "runs", "List runs, newest first", group_watch,
                                  [options, &context] { return list_runs(context, *options); });
  add_stored_options(*command, options->at);
  command->add_option("--flow", options->filter.flow, "Only runs of this flow");
  command->add_option("--event", options->filter.event_id, "Only runs of this event");
  command->add_option("--state", options->states, "Only runs in this state; may be given several times")
      ->delimiter(',');
  command->add_option("--before", options->filter.before_id, "Only runs older than this one: the next page");
  command->add_option("--limit", options->filter.limit, "How many")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
}

}  // namespace waggle::cli
