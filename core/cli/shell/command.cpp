#include "core/cli/shell/command.hpp"

#include <ostream>

namespace waggle::cli {

int Context::refuse(const Error& error, int code) const {
  if (json) {
    Json body{{"next", std::string(to_string(error.next))}, {"message", error.message}};
    if (!error.code.empty()) body.set("code", error.code);
    print(Json{{"error", std::move(body)}});
  } else {
    err() << terminal.styled(Style::red, "waggle: ") << error.message << '\n';
  }
  return code;
}

void Context::print(const Json& value) const { out() << value.dump() << '\n'; }

CLI::App* add_command(CLI::App& app, Context& context, const std::string& name, const std::string& help,
                      const std::string& group, std::function<int()> action) {
  CLI::App* command = app.add_subcommand(name, help)->group(group);
  command->add_flag("--json", context.json, "Print JSON instead of text for people");
  command->callback([&context, action = std::move(action)] { context.exit_code = action(); });
  return command;
}

void add_dir_option(CLI::App& command, std::string& dir) {
  command.add_option("--dir", dir, "Project folder")->capture_default_str()->check(CLI::ExistingDirectory);
}

}  // namespace waggle::cli
