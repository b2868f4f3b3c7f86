#include "core/cli/shell/shell.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cli/commands.hpp"
#include "core/cli/shell/command.hpp"
#include "flows/suggest.hpp"

namespace waggle::cli {
namespace {

constexpr const char* about = "Waggle: when something happens in one app, do something in the others.";

/// CLI11 asks for the terminal itself when it prints help; hand it ours, and turn its exit codes into our
/// three. Who asked for JSON gets the refusal as JSON too.
int end_of_parse(const CLI::App& app, const CLI::ParseError& end, Context& context, int argc, char** argv) {
  const bool asked_for_help = end.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
  context.json =
      std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
  if (!asked_for_help && context.json) return context.refuse(invalid(end.what(), "usage"), exit_usage);
  app.exit(end, context.out(), context.err());
  return asked_for_help ? exit_ok : exit_usage;
}

/// CLI11 would only say that a command is missing.
std::optional<Error> unknown_command(CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return std::nullopt;
  const std::string word = argv[1];
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
    known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), word) != known.end()) return std::nullopt;
  return invalid(with_hint("there is no command " + word + " (`waggle --help` lists all)",
                           flows::did_you_mean(word, known)));
}

}  // namespace

int run(int argc, char** argv, Terminal& terminal, std::function<void()> on_serving) {
  Context context{
      .terminal = terminal, .program = argc > 0 ? argv[0] : "waggle", .on_serving = std::move(on_serving)};
  CLI::App app(about, "waggle");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(WAGGLE_VERSION));
  app.footer("`waggle COMMAND --help` says more. Exit codes: 0 ok, 1 found problems, 2 wrong usage.");
  add_commands(app, context);
  if (argc < 2) {
    terminal.err << app.help() << "\nwaggle: name a subcommand; `waggle new project NAME` is a beginning\n";
    return exit_usage;
  }
  if (const auto error = unknown_command(app, argc, argv)) return context.refuse(*error, exit_usage);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& end) {
    return end_of_parse(app, end, context, argc, argv);
  } catch (const std::exception& error) {
    return context.refuse(bug(std::string("this should not have happened: ") + error.what()));
  }
  return context.exit_code;
}

}  // namespace waggle::cli
