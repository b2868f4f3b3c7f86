// The folders that plugins are dropped into, and the Registry made of them. Scanning is for one thread at a
// time (a mutex sees to it); current() is for any.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
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
  /// Loads what is new or changed; returns the same Registry when nothing is. A file that changed into
  /// something unusable leaves its old plugin in place, and the problem says so. A file that is gone takes
  /// its plugin along.
  std::shared_ptr<const Registry> rescan();

  /// path -> mark of every *.so in the folders.
  std::map<std::string, FileMark> look() const;
  /// The same as it was at the last scan.
  std::map<std::string, FileMark> scanned() const;

 private:
  struct Known {
    FileMark mark;
    std::shared_ptr<const Plugin> plugin;  ///< nullptr: unusable from the beginning
    std::vector<PluginProblem> problems;
  };

  Known load(const std::string& file, const FileMark& mark, const Known* before) const;
  std::shared_ptr<const Registry> build() const;

  const std::vector<std::string> folders_;
  const std::string cache_dir_;
  mutable std::mutex scanning_;  ///< held while plugins load, never while somebody reads current_
  std::map<std::string, Known> known_;
  mutable std::mutex swapping_;
  std::shared_ptr<const Registry> current_;
};

/// Looks at the folders on a thread of its own; when they have changed and then been still, rescans and calls
/// back with the new Registry (on that thread). Files are copied slowly: a plugin is not touched before it
/// has been still for a moment.
class FolderWatch {
 public:
  using Changed = std::function<void(std::shared_ptr<const Registry>)>;

  FolderWatch(PluginFolder& folder, Changed changed);
  ~FolderWatch();  ///< waits for a callback under way
  FolderWatch(const FolderWatch&) = delete;

 private:
  void run();

  PluginFolder& folder_;
  const Changed changed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace waggle::host
