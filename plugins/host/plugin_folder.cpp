#include "plugins/host/plugin_folder.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "plugins/host/load.hpp"

namespace waggle::host {
namespace {

namespace fs = std::filesystem;

std::optional<FileMark> mark_of(const std::string& file) {
  struct stat is {};
  if (::lstat(file.c_str(), &is) != 0) return std::nullopt;
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return FileMark{is.st_ino, static_cast<std::uint64_t>(is.st_size),
                  std::max(nanoseconds(is.st_mtim), nanoseconds(is.st_ctim)), is.st_mode};
}

bool is_hidden(const fs::path& file) { return file.filename().string().starts_with('.'); }

/// Whoever may write to the folder may put code into this process.
std::optional<PluginProblem> folder_problem(const std::string& folder) {
  struct stat is {};
  if (::stat(folder.c_str(), &is) != 0 || (is.st_mode & S_IWOTH) == 0) return std::nullopt;
  return PluginProblem{
      folder,
      invalid("everybody may write to this folder, so its plugins are not loaded; run chmod o-w on it",
              "writable")};
}

}  // namespace

PluginFolder::PluginFolder(std::vector<std::string> folders, std::string cache_dir)
    : folders_(std::move(folders)),
      cache_dir_(std::move(cache_dir)),
      current_(std::make_shared<const Registry>()) {
  rescan();
}

std::shared_ptr<const Registry> PluginFolder::current() const {
  const std::lock_guard lock(swapping_);
  return current_;
}

std::map<std::string, FileMark> PluginFolder::look() const {
  std::map<std::string, FileMark> out;
  for (const std::string& folder : folders_) {
    std::error_code problem;  // a folder that is not there is empty
    for (fs::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem)) {
      if (at->path().extension() != ".so" || is_hidden(at->path())) continue;
      if (const auto mark = mark_of(at->path())) out.emplace(at->path(), *mark);
    }
  }
  return out;
}

std::shared_ptr<const Registry> PluginFolder::rescan() {
  const std::lock_guard scanning(scanning_);
  std::map<std::string, Known> now;
  bool changed = false;
  for (const auto& [file, mark] : look()) {
    const auto before = known_.find(file);
    if (before != known_.end() && before->second.mark == mark) {
      now.emplace(file, before->second);
      continue;
    }
    now.emplace(file, load(file, mark, before == known_.end() ? nullptr : &before->second));
    changed = true;
  }
  changed |= now.size() != known_.size();
  known_ = std::move(now);
  if (!changed) return current();
  auto next = build();
  const std::lock_guard lock(swapping_);
  return current_ = std::move(next);
}

PluginFolder::Known PluginFolder::load(const std::string& file, const FileMark& mark,
                                       const Known* before) const {
  Known out{mark, nullptr, {}};
  auto loaded = load_plugin(file, cache_dir_);
  if (loaded.ok()) {
    // The same bytes again (touched, or copied anew): keep what runs.
    const bool same = before && before->plugin && before->plugin->content_hash() == (*loaded)->content_hash();
    out.plugin = same ? before->plugin : std::move(*loaded);
    return out;
  }
  Error error = std::move(loaded).error();
  if (before && before->plugin) {
    out.plugin = before->plugin;
    error.message += " (the version that was loaded before stays in use)";
  }
  out.problems.push_back({file, std::move(error)});
  return out;
}

std::shared_ptr<const Registry> PluginFolder::build() const {
  std::vector<std::shared_ptr<const Plugin>> plugins;
  std::vector<PluginProblem> problems;
  for (const std::string& folder : folders_) {
    if (auto problem = folder_problem(folder)) {
      problems.push_back(std::move(*problem));
      continue;
    }
    std::map<std::string, std::string> files;  // id -> file, of this folder
    for (const auto& [file, known] : known_) {
      if (fs::path(file).parent_path() != fs::path(folder).lexically_normal() &&
          fs::path(file).parent_path() != fs::path(folder))
        continue;
      problems.insert(problems.end(), known.problems.begin(), known.problems.end());
      if (!known.plugin) continue;
      const auto [first, is_new] = files.emplace(known.plugin->spec().id, file);
      if (is_new)
        plugins.push_back(known.plugin);
      else
        problems.push_back({file, invalid("the connector " + first->first + " is already in " +
                                              first->second + "; take one of the two away",
                                          "twice")});
    }
  }
  return std::make_shared<const Registry>(std::move(plugins), std::move(problems));
}

}  // namespace waggle::host
