#include "plugins/host/plugin_folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

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

/// Whoever may write to the folder may put code into this process: asked before anything in it is touched.
Result<void> check_folder(const std::string& folder) {
  struct stat is {};
  if (::stat(folder.c_str(), &is) != 0 || (is.st_mode & S_IWOTH) == 0) return {};
  return invalid("everybody may write to this folder, so nothing is loaded from it; run chmod o-w on it",
                 "writable");
}

/// The *.so of a folder. Errors: retry (it is there and cannot be read now).
Result<std::map<std::string, FileMark>> list(const std::string& folder) {
  std::map<std::string, FileMark> out;
  std::error_code problem;
  for (fs::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() != ".so" || is_hidden(at->path())) continue;
    if (const auto mark = mark_of(at->path())) out.emplace(at->path(), *mark);
  }
  if (!problem || problem == std::errc::no_such_file_or_directory) return out;
  return retry("this folder cannot be read: " + problem.message(), {}, "unreadable");
}

/// Not the file's fault: a machine without room or processes to spare.
bool may_pass(const Error& error) {
  return error.next == Next::retry || error.code == "no_copy" || error.code == "no_cache";
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

std::shared_ptr<const Registry> PluginFolder::rescan() {
  const std::lock_guard scanning(scanning_);
  Files now;
  std::map<std::string, Error> closed;
  bool changed = false;
  for (const std::string& folder : folders_) {
    auto looked = look(folder, now);
    if (looked.ok()) {
      changed |= *looked;
      continue;
    }
    const auto before = closed_.find(folder);
    changed |= before == closed_.end() || before->second.message != looked.error().message;
    closed.emplace(folder, std::move(looked).error());
    keep(folder, now);
  }
  changed |= now.size() != known_.size() || closed.size() != closed_.size();
  known_ = std::move(now);
  closed_ = std::move(closed);
  if (!changed) return current();
  auto next = build();
  const std::lock_guard lock(swapping_);
  return current_ = std::move(next);
}

Result<bool> PluginFolder::look(const std::string& folder, Files& now) const {
  WAGGLE_TRY_VOID(check_folder(folder));
  WAGGLE_TRY(const auto files, list(folder));
  bool changed = false;
  for (const auto& [file, mark] : files) {
    if (now.contains(file)) continue;
    const auto before = known_.find(file);
    const bool is_known = before != known_.end();
    const bool try_again = is_known && before->second.problem && before->second.problem->may_pass;
    if (is_known && before->second.mark == mark && !try_again) {
      now.emplace(file, before->second);
      continue;
    }
    now.emplace(file, load(folder, file, mark, is_known ? &before->second : nullptr));
    changed = true;
  }
  return changed;
}

void PluginFolder::keep(const std::string& folder, Files& now) const {
  for (const auto& [file, known] : known_)
    if (known.folder == folder) now.emplace(file, known);
}

PluginFolder::Known PluginFolder::load(const std::string& folder, const std::string& file,
                                       const FileMark& mark, const Known* before) const {
  Known out{folder, mark, nullptr, {}};
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
  const bool passing = may_pass(error);
  out.problem = PluginProblem{file, std::move(error), passing};
  return out;
}

std::shared_ptr<const Registry> PluginFolder::build() const {
  std::vector<std::shared_ptr<const Plugin>> plugins;
  std::vector<PluginProblem> problems;
  for (const std::string& folder : folders_) {
    const auto in_use = [&](const auto& one) { return one.second.folder == folder && one.second.plugin; };
    if (const auto closed = closed_.find(folder); closed != closed_.end()) {
      Error error = closed->second;
      if (std::any_of(known_.begin(), known_.end(), in_use))
        error.message += " (what was loaded before stays in use)";
      problems.push_back({folder, std::move(error), true});
    }
    std::map<std::string, std::string> files;  // id -> file, of this folder
    for (const auto& [file, known] : known_) {
      if (known.folder != folder) continue;
      if (known.problem) problems.push_back(*known.problem);
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
