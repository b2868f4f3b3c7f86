// What a command is made of. core/cli/<name>.cpp defines `void add_<name>(CLI::App&, Context&)`, and CMake
// lists the files; there is nothing else to register. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/cli/shell/shell.hpp"
#include "core/cli/shell/terminal.hpp"

namespace waggle::cli {

struct Context {
  Terminal& terminal;
  std::string program;                    ///< path of the running program
  std::function<void()> on_serving = {};  ///< for `up`: its start is over
  bool json = false;                      ///< --json of the chosen command
  int exit_code = exit_ok;                ///< of the chosen command

  std::ostream& out() const { return terminal.out; }
  std::ostream& err() const { return terminal.err; }

  /// Prints why a command cannot go on, and answers the exit code for it.
  int refuse(const Error& error, int exit_code = exit_problems) const;
  /// Prints one JSON value on a line of its own.
  void print(const Json& value) const;
};

/// `sentence; hint`, or the sentence alone when there is no hint.
inline std::string with_hint(std::string sentence, const std::string& hint) {
  return hint.empty() ? sentence : sentence + "; " + hint;
}

/// Headings of `waggle --help`.
inline constexpr const char* group_project = "Your project";
inline constexpr const char* group_watch = "What happened";
inline constexpr const char* group_try = "Try things out";
inline constexpr const char* group_care = "Look after the data";
inline constexpr const char* group_about = "About";

/// Adds a command with `--json`; `action` answers the exit code.
CLI::App* add_command(CLI::App& app, Context& context, const std::string& name, const std::string& help,
                      const std::string& group, std::function<int()> action);

/// --dir DIR of the commands whose first word is something else.
void add_dir_option(CLI::App& command, std::string& dir);

}  // namespace waggle::cli
