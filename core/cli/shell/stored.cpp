#include "core/cli/shell/stored.hpp"

#include <filesystem>
#include <system_error>

#include "core/project/project.hpp"

namespace waggle::cli {

void add_data_option(CLI::App& command, std::string& data) {
  command.add_option("--data", data,
                     "Folder with the stored data, when it is not the one that waggle.yaml says");
}

void add_stored_options(CLI::App& command, StoredAt& at) {
  command.add_option("--dir", at.dir, "Project folder")->capture_default_str();
  add_data_option(command, at.data);
}

Result<std::string> data_folder(const StoredAt& at) {
  if (!at.data.empty()) return at.data;
  WAGGLE_TRY(const auto settings, project::load_settings(at.dir));
  return settings.data_dir;
}

Result<std::unique_ptr<store::Reader>> open_stored(const StoredAt& at) {
  WAGGLE_TRY(const std::string folder, data_folder(at));
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    return invalid("nothing is stored in " + folder +
                       " yet; start `waggle up`, or name another folder by --dir or --data",
                   "nothing_stored");
  return store::open_sqlite_reader(folder);
}

}  // namespace waggle::cli
