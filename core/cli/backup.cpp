// `waggle backup FILE`: the whole store in one file, made while the server runs.
#include <filesystem>
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/store/restore.hpp"

namespace waggle::cli {
namespace {

/// A large store is copied beside its traffic and then read through once.
constexpr std::chrono::hours longest_backup{12};

struct Options {
  StoredAt at;
  std::string file;
};

/// Through the server when one runs: only its connection may copy what it writes.
Result<store::BackedUp> make_backup(const std::string& data, const std::string& file) {
  WAGGLE_TRY(const auto answer,
             call_server(data, "/api/backup", Json{{"file", file}}.dump(), longest_backup));
  if (!answer) return store::backup_sqlite(data, file);
  WAGGLE_TRY(const Json made, Json::parse(answer->body));
  return store::BackedUp{made.text("file"), static_cast<std::uint64_t>(made.at("bytes").as_int())};
}

int backup(const Context& context, const Options& options) {
  const auto data = data_folder(options.at);
  if (!data) return context.refuse(data.error(), exit_usage);
  const std::string file = std::filesystem::absolute(options.file).lexically_normal().string();
  const auto made = make_backup(*data, file);
  if (!made) return context.refuse(made.error());
  if (context.json) {
    context.print(Json{{"file", made->file}, {"bytes", made->bytes}});
    return exit_ok;
  }
  context.out() << made->file << ": " << made->bytes
                << " bytes, read through and found whole. It has the data folder's store; the project folder "
                   "(flows, connections, secrets) is yours to keep\n";
  return exit_ok;
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      add_command(app, context, "backup", "Copy the store into one file, also while the server runs",
                  group_care, [options, &context] { return backup(context, *options); });
  command->add_option("file", options->file, "New file, for its owner alone")->required();
  add_stored_options(*command, options->at);
}

}  // namespace waggle::cli
