// `waggle restore FILE`: makes a backup the store of a project.
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/store/restore.hpp"

namespace waggle::cli {
namespace {

struct Options {
  StoredAt at;
  std::string file;
  bool replace = false;
};

int restore(const Context& context, const Options& options) {
  const auto data = data_folder(options.at);
  if (!data) return context.refuse(data.error(), exit_usage);
  const auto restored = store::restore_sqlite(options.file, *data, options.replace);
  if (!restored) return context.refuse(restored.error());
  if (context.json) {
    context.print(Json{{"database", restored->database}, {"set_aside", restored->set_aside}});
    return exit_ok;
  }
  context.out() << restored->database << ": restored from " << options.file
                << ". Runs that were not finished at the time of the backup go on with `waggle up`\n";
  if (!restored->set_aside.empty())
    context.out() << "The store that was there is kept as " << restored->set_aside << '\n';
  return exit_ok;
}

}  // namespace

void add_restore(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "restore", "Make a backup the store of a project", group_care,
                                  [options, &context] { return restore(context, *options); });
  command->add_option("file", options->file, "A file made by `waggle backup`")->required();
  command->add_flag("--replace", options->replace,
                    "Also when there is a store; it is set aside, not deleted");
  add_stored_options(*command, options->at);
}

}  // namespace waggle::cli
