// The folders that plugins are dropped into, and the Registry made of them. Who looks when is the engine's
// business (core/project/project_watch.hpp). Scanning is for one thread at a time (a mutex sees to it);
// current() is for any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "plugins/host/registry.hpp"

namespace waggle::host {

/// What tells that a file changed, without reading it.
struct FileMark {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;  ///< of its content or of its rights
  std::uint32_t mode = 0;

  bool operator==(const FileMark&) const = default;
};

class PluginFolder {
 public:
  /// Scans at once. A plugin in a later folder (the project's) replaces one of the same id in an earlier (the
  /// bundled ones). A folder that does not exist is empty. `cache_dir` (made, and only for us) holds copies
  /// named by content hash: what is loaded is a copy, so nobody changes it under us, and a new version is
  /// another file.
  PluginFolder(std::vector<std::string> folders, std::string cache_dir);

  std::shared_ptr<const Registry> current() const;
  /// Loads what is new or changed, and what failed for a reason that may have passed; returns the same
  /// Registry when nothing is. A file that changed into something unusable leaves its old plugin in place,
  /// and the problem says so. A file that is gone takes its plugin along. From a folder that everybody may
  /// write to, or that cannot be read, nothing is loaded; what came from it before stays.
  std::shared_ptr<const Registry> rescan();

 private:
  struct Known {
    std::string folder;
    FileMark mark;
    std::shared_ptr<const Plugin> plugin;  ///< nullptr: unusable from the beginning
    std::optional<PluginProblem> problem;
  };
  using Files = std::map<std::string, Known>;  ///< by path

  /// Adds the folder's files to `now`, from known_ or loaded; true when one was loaded, or tried. Errors: why
  /// nothing of the folder was touched.
  Result<bool> look(const std::string& folder, Files& now) const;
  void keep(const std::string& folder, Files& now) const;
  Known load(const std::string& folder, const std::string& file, const FileMark& mark,
             const Known* before) const;
  std::shared_ptr<const Registry> build() const;

  const std::vector<std::string> folders_;
  const std::string cache_dir_;
  mutable std::mutex scanning_;  ///< held while plugins load, never while somebody reads current_
  Files known_;
  std::map<std::string, Error> closed_;  ///< folders from which nothing is loaded, and why
  mutable std::mutex swapping_;
  std::shared_ptr<const Registry> current_;
};

}  // namespace waggle::host
