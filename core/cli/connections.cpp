// `waggle connections`: the accounts of a project, whether they work, and that a broken one was mended.
#include <algorithm>
#include <chrono>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <waggle/encoding.hpp>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/perform.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/cli/shell/table.hpp"
#include "core/secrets/redactor.hpp"
#include "flows/suggest.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string dir = ".";
  std::string data;  ///< of `mend`; empty: as waggle.yaml says
  std::string name;
};

/// What the running server says of each destination, by name; empty when none runs.
std::map<std::string, Json> states_now(const std::string& data_dir) {
  std::map<std::string, Json> states;
  const auto answer = call_server(data_dir, "/api/connections", "", std::chrono::seconds(10), "GET");
  if (!answer || !*answer) return states;
  if (const auto body = Json::parse((*answer)->body))
    for (const Json& one : body->at("connections").items()) states.emplace(one.text("name"), one);
  return states;
}

/// "left alone, next try in 12s: 10 failures in a row"
Cell state_of(const Json& now) {
  const std::string state = now.text("state");
  if (state.empty() || state == "well") return {state, Style::green};
  std::string text = state == "broken" ? "broken" : "left alone";
  if (const std::int64_t next = now.at("next_try_in_ms").as_int(); next > 0)
    text += ", next try in " + std::to_string((next + 999) / 1000) + "s";
  return {text + ": " + now.text("why"), Style::yellow};
}

/// The connection of that name. Errors: invalid, with what is close.
Result<const project::Connection*> find_connection(const project::Project& project, const Options& options) {
  if (const auto found = project.connections.find(options.name); found != project.connections.end())
    return &found->second;
  std::vector<std::string> names;
  for (const auto& [name, connection] : project.connections) names.push_back(name);
  const bool complaints =
      std::any_of(project.problems.begin(), project.problems.end(),
                  [](const flows::Problem& problem) { return problem.at.file == "connections.yaml"; });
  return invalid(with_hint("there is no connection " + options.name + " in " + options.dir +
                               "/connections.yaml" +
                               (complaints ? " (`waggle check` has complaints about that file)"
                                           : " (`waggle connections` lists all)"),
                           flows::did_you_mean(options.name, names)));
}

int list_connections(const Context& context, const Options& options) {
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  auto states = states_now((*project)->settings.data_dir);
  std::map<std::string, std::string> connectors;
  for (const auto& [name, connection] : (*project)->connections) connectors[name] = connection.connector;
  // Addresses that are called without a connection have a state too.
  for (const auto& [name, state] : states) connectors.emplace(name, "");
  if (context.json) {
    Json list = Json::array();
    for (const auto& [name, connector] : connectors) {
      Json one{{"name", name}, {"connector", connector}};
      if (const auto now = states.find(name); now != states.end())
        for (const auto& [key, value] : now->second.members()) one.set(key, value);
      list.push(std::move(one));
    }
    context.print(list);
    return exit_ok;
  }
  if (connectors.empty()) {
    context.out()
        << "No connections. They are written in connections.yaml; `waggle connectors` says what there is.\n";
    return exit_ok;
  }
  if (states.empty()) {
    Table table({"CONNECTION", "CONNECTOR"}, 1);
    for (const auto& [name, connector] : connectors) table.add({name, connector});
    table.print(context.terminal);
    return exit_ok;
  }
  Table table({"CONNECTION", "CONNECTOR", "NOW"}, 2);
  for (const auto& [name, connector] : connectors) table.add({name, connector, state_of(states[name])});
  table.print(context.terminal);
  return exit_ok;
}

int test_connection(const Context& context, const Options& options) {
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  const auto found = find_connection(**project, options);
  if (!found) return context.refuse(found.error(), exit_usage);
  const project::Connection& connection = **found;
  const ConnectorSpec* spec = (*project)->connector(connection.connector);
  if (spec == nullptr)
    return context.refuse(invalid("connection " + options.name + " is of the connector " +
                                  connection.connector + ", which is not loaded"));
  if (!spec->checks)
    return context.refuse(
        invalid(spec->title + " has no way to test a connection; run a flow that uses it instead"));

  Json head{
      {"operation", "check"}, {"connection", connection.settings}, {"connection_name", connection.name}};
  Performed performed =
      perform(**project, connection.connector, std::move(head), "", (*project)->settings.action_timeout);
  const secrets::Redactor secrets((*project)->secrets);  // an app may say what it was asked with
  if (!performed.result) {
    Error error = std::move(performed.result).error();
    error.message = secrets.mask(error.message);
    return context.refuse(error);
  }
  const std::string account = secrets.mask(performed.result->head.text("account"));
  if (context.json)
    context.print(Json{{"connection", options.name}, {"ok", true}, {"account", account}});
  else
    context.out() << options.name << ": " << context.terminal.styled(Style::green, "works")
                  << (account.empty() ? "" : ", as " + account) << '\n';
  return exit_ok;
}

/// Beside a running server it asks that server; otherwise it writes to the store itself.
int mend_connection(const Context& context, const Options& options) {
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  if (const auto found = find_connection(**project, options); !found)
    return context.refuse(found.error(), exit_usage);
  const StoredAt at{options.dir, options.data};
  const auto data = data_folder(at);
  if (!data) return context.refuse(data.error(), exit_usage);
  const auto answer = call_server(*data, "/api/connections/" + percent_encode(options.name) + "/mend");
  if (!answer) return context.refuse(answer.error());
  const bool by_server = answer->has_value();
  std::int64_t runs = 0;
  if (by_server) {
    const auto body = Json::parse((*answer)->body);
    runs = body ? body->at("runs").as_int() : 0;
  } else {
    if (const auto stored = open_stored(at); !stored) return context.refuse(stored.error(), exit_usage);
    const auto queued =
        write_stored<std::int64_t>(at, [&](store::Store& store, store::Done<std::int64_t> done) {
          store.mend_connection(options.name, std::move(done));
        });
    if (!queued) return context.refuse(queued.error());
    runs = *queued;
  }
  if (context.json)
    context.print(Json{{"connection", options.name}, {"runs", runs}, {"server", by_server}});
  else
    context.out() << options.name << ": taken for mended; "
                  << (runs == 0   ? "no run waited for it"
                      : runs == 1 ? "1 run goes on"
                                  : std::to_string(runs) + " runs go on")
                  << (by_server || runs == 0 ? "\n" : " when `waggle up` runs again\n");
  return exit_ok;
}

}  // namespace

void add_connections(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("connections", "List connections, test one, or say that one was mended")
          ->group(group_project);
  command->add_flag("--json", context.json, "Print JSON instead of text for people");
  add_dir_option(*command, options->dir);
  command->callback([command, options, &context] {
    if (command->get_subcommands().empty()) context.exit_code = list_connections(context, *options);
  });
  CLI::App* test =
      add_command(*command, context, "test", "Ask the app whether this connection works", "Commands",
                  [options, &context] { return test_connection(context, *options); });
  test->add_option("name", options->name, "Name of the connection")->required();
  add_dir_option(*test, options->dir);
  CLI::App* mend =
      add_command(*command, context, "mend", "Let the runs go on that were parked because it was broken",
                  "Commands", [options, &context] { return mend_connection(context, *options); });
  mend->add_option("name", options->name, "Name of the connection")->required();
  add_dir_option(*mend, options->dir);
  add_data_option(*mend, options->data);
}

}  // namespace waggle::cli
