#include "core/cli/shell/plugins.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <system_error>

#include "plugins/host/plugin_folder.hpp"
#include "plugins/host/registry.hpp"

namespace waggle::cli {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Copies of plugins that commands load; of no use to anybody else, and made again when gone.
std::string cache_folder() {
  if (const auto cache = environment("XDG_CACHE_HOME"); !cache.empty()) return cache + "/waggle/plugins";
  if (const auto home = environment("HOME"); !home.empty()) return home + "/.cache/waggle/plugins";
  return fs::temp_directory_path().string() + "/waggle-plugins-" + std::to_string(getuid());
}

}  // namespace

std::string bundled_plugins() {
  if (const auto given = environment("WAGGLE_PLUGINS"); !given.empty()) return given;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path prefix = program.parent_path().parent_path();
  const fs::path installed = prefix / "lib" / "waggle" / "plugins";
  return (fs::is_directory(installed, error) ? installed : prefix / "plugins").string();
}

std::shared_ptr<const host::Registry> load_plugins(const Context& context, const std::string& project_dir) {
  std::vector<std::string> folders{bundled_plugins()};
  if (!project_dir.empty()) folders.push_back(project_dir + "/plugins");
  auto registry = host::PluginFolder(std::move(folders), cache_folder()).current();
  for (const auto& problem : registry->problems())
    context.err() << context.terminal.styled(Style::yellow, "plugin ") << problem.line() << '\n';
  return registry;
}

Result<std::shared_ptr<const project::Project>> open_project(const Context& context, const std::string& dir) {
  return project::load_project(dir, load_plugins(context, dir));
}

}  // namespace waggle::cli
