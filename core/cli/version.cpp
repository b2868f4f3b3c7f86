// `waggle version`: which program this is, and which libraries it runs with.
#include <sqlite3.h>

#include <ostream>

#include "core/cli/shell/command.hpp"

namespace waggle::cli {
namespace {

int print_version(const Context& context) {
  if (context.json) {
    context.print(Json{{"version", WAGGLE_VERSION},
                       {"compiler", WAGGLE_COMPILER},
                       {"build", WAGGLE_BUILD},
                       {"sqlite", sqlite3_libversion()}});
  } else {
    context.out() << "waggle " << WAGGLE_VERSION << " (" << WAGGLE_BUILD << ", " << WAGGLE_COMPILER
                  << ", SQLite " << sqlite3_libversion() << ")\n";
  }
  return exit_ok;
}

}  // namespace

void add_version(CLI::App& app, Context& context) {
  add_command(app, context, "version", "Which version this is", group_about,
              [&context] { return print_version(context); });
}

}  // namespace waggle::cli
