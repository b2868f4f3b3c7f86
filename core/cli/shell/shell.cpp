#include "core/cli/shell/shell.hpp"

#include <exception>
#include <ostream>
#include <string_view>

#include "core/cli/commands.hpp"
#include "core/cli/shell/command.hpp"

namespace waggle::cli {
namespace {

constexpr const char* about = "Waggle: when something happens in one app, do something in the others.";

/// CLI11 asks for the terminal itself when it prints help; hand it ours, and turn its exit codes into our
/// three.
int end_of_parse(const CLI::App& app, const CLI::ParseError& end, Terminal& terminal) {
  const bool asked_for_help = end.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
  app.exit(end, terminal.out, terminal.err);
  return asked_for_help ? exit_ok : exit_usage;
}

}  // namespace

int run(int argc, char** argv, Terminal& terminal) {
  Context context{.terminal = terminal, .program = argc > 0 ? argv[0] : "waggle"};
  CLI::App app(about, "waggle");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(WAGGLE_VERSION));
  app.footer("`waggle COMMAND --help` says more. Exit codes: 0 ok, 1 found problems, 2 wrong usage.");
  add_commands(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& end) {
    return end_of_parse(app, end, terminal);
  } catch (const std::exception& error) {
    return context.refuse(bug(std::string("this should not have happened: ") + error.what()));
  }
  return context.exit_code;
}

}  // namespace waggle::cli
