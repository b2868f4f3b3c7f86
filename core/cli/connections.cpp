// `waggle connections`: the accounts of a project, and whether they work.
#include <chrono>
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/perform.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/table.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string dir = ".";
  std::string name;
};

int list_connections(const Context& context, const Options& options) {
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  if (context.json) {
    Json list = Json::array();
    for (const auto& [name, connection] : (*project)->connections)
      list.push(Json{{"name", name}, {"connector", connection.connector}});
    context.print(list);
    return exit_ok;
  }
  if ((*project)->connections.empty()) {
    context.out()
        << "No connections. They are written in connections.yaml; `waggle connectors` says what there is.\n";
    return exit_ok;
  }
  Table table({"CONNECTION", "CONNECTOR"}, 1);
  for (const auto& [name, connection] : (*project)->connections) table.add({name, connection.connector});
  table.print(context.terminal);
  return exit_ok;
}

int test_connection(const Context& context, const Options& options) {
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  const auto found = (*project)->connections.find(options.name);
  if (found == (*project)->connections.end())
    return context.refuse(invalid("there is no connection " + options.name + " in " + options.dir +
                                  "/connections.yaml; `waggle connections` lists them"),
                          exit_usage);
  const project::Connection& connection = found->second;
  const ConnectorSpec* spec = (*project)->connector(connection.connector);
  if (spec == nullptr)
    return context.refuse(invalid("connection " + options.name + " is of the connector " +
                                  connection.connector + ", which is not loaded"));
  if (!spec->checks)
    return context.refuse(
        invalid(spec->title + " has no way to test a connection; run a flow that uses it instead"));

  Json head{
      {"operation", "check"}, {"connection", connection.settings}, {"connection_name", connection.name}};
  const Performed performed =
      perform(**project, connection.connector, std::move(head), "", (*project)->settings.action_timeout);
  if (!performed.result) return context.refuse(performed.result.error());
  const std::string account = performed.result->head.text("account");
  if (context.json)
    context.print(Json{{"connection", options.name}, {"ok", true}, {"account", account}});
  else
    context.out() << options.name << ": " << context.terminal.styled(Style::green, "works")
                  << (account.empty() ? "" : ", as " + account) << '\n';
  return exit_ok;
}

}  // namespace

void add_connections(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("connections", "List connections, or test one")->group(group_project);
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
}

}  // namespace waggle::cli
