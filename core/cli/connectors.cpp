// `waggle connectors`: what connectors there are and what they can do; one of them in full, for people, as
// Markdown or as JSON.
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/connector_page.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/table.hpp"
#include "flows/suggest.hpp"
#include "plugins/host/registry.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string dir;
  std::string name;
  bool markdown = false;
};

int list_connectors(const Context& context, const Options& options) {
  const auto registry = load_plugins(context, options.dir);
  if (context.json) {
    Json list = Json::array();
    for (const auto& plugin : registry->plugins())
      list.push(Json{{"id", plugin->spec().id},
                     {"title", plugin->spec().title},
                     {"version", plugin->spec().version},
                     {"file", plugin->file()}});
    context.print(list);
    return exit_ok;
  }
  Table table({"CONNECTOR", "VERSION", "TRIGGERS", "ACTIONS", "WHAT IT IS"}, 4);
  for (const auto& plugin : registry->plugins()) {
    const ConnectorSpec& spec = plugin->spec();
    table.add({spec.id, spec.version, std::to_string(spec.triggers.size()),
               std::to_string(spec.actions.size()),
               spec.title + (spec.help.empty() ? "" : ": " + spec.help)});
  }
  table.print(context.terminal);
  return exit_ok;
}

void print_fields(const Context& context, const std::string& title, const std::vector<Field>& fields) {
  for (const auto& field : fields)
    context.out() << "    " << (title.empty() ? "" : title + " ")
                  << context.terminal.styled(Style::bold, field.name) << "  "
                  << context.terminal.styled(Style::dim, std::string(to_string(field.type)) +
                                                             (field.required ? ", required" : ""))
                  << "  " << field.help << '\n';
}

void print_for_people(const Context& context, const ConnectorSpec& spec) {
  const Terminal& terminal = context.terminal;
  context.out() << terminal.styled(Style::bold, spec.title) << "  " << spec.id << ' ' << spec.version << '\n'
                << spec.help << '\n';
  if (!spec.settings.empty()) context.out() << "\n  Connection\n";
  print_fields(context, "", spec.settings);
  for (const auto& trigger : spec.triggers) {
    context.out() << "\n  When " << terminal.styled(Style::cyan, spec.id + "." + trigger.id) << "  "
                  << trigger.help << '\n';
    print_fields(context, "setting", trigger.settings);
    print_fields(context, "event.", trigger.payload);
  }
  for (const auto& action : spec.actions) {
    context.out() << "\n  Do " << terminal.styled(Style::cyan, spec.id + "." + action.id) << "  "
                  << action.help << '\n';
    print_fields(context, "", action.inputs);
    print_fields(context, "->", action.outputs);
  }
}

int show_connector(const Context& context, const Options& options) {
  const auto registry = load_plugins(context, options.dir);
  const auto plugin = registry->find(options.name);
  if (!plugin) {
    std::vector<std::string> names;
    for (const auto& known : registry->plugins()) names.push_back(known->spec().id);
    return context.refuse(
        invalid("there is no connector " + options.name + "; " + flows::did_you_mean(options.name, names)),
        exit_usage);
  }
  if (options.markdown)
    context.out() << markdown_of(plugin->spec());
  else if (context.json)
    context.print(plugin->spec().to_json());
  else
    print_for_people(context, plugin->spec());
  return exit_ok;
}

}  // namespace

void add_connectors(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("connectors", "List connectors, or show one")->group(group_about);
  command->add_flag("--json", context.json, "Print JSON instead of text for people");
  command->add_option("--dir", options->dir, "Also those in this project's plugins/")
      ->check(CLI::ExistingDirectory);
  command->callback([command, options, &context] {
    if (command->get_subcommands().empty()) context.exit_code = list_connectors(context, *options);
  });
  CLI::App* show = add_command(*command, context, "show", "Show a connector: fields, triggers, actions",
                               "Commands", [options, &context] { return show_connector(context, *options); });
  show->add_option("name", options->name, "Name of the connector")->required();
  show->add_flag("--markdown", options->markdown, "As the page in docs/connectors/")
      ->excludes(show->get_option("--json"));
  show->add_option("--dir", options->dir, "Also those in this project's plugins/")
      ->check(CLI::ExistingDirectory);
}

}  // namespace waggle::cli
