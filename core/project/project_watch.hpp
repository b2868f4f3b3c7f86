// ProjectWatch: notices that a project folder changed. Made by the engine, which then loads the project anew;
// the callback comes on a thread of the watch's own, one at a time.
//
// It looks at names, inodes, sizes and times of the files five times a second instead of asking the kernel
// for events: that sees every way to change a file (editors that rename over, `git checkout`, network
// folders, a folder that was made later), and costs some microseconds for a hundred files.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace waggle::project {

/// What tells one state of a file from another.
struct FileState {
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_ns = 0;  ///< content or rights
  std::uint32_t rights = 0;     ///< of a folder, whose time moves with everything in it

  bool operator==(const FileState&) const = default;
};
using FolderState = std::map<std::string, FileState>;

/// The files that make a project: waggle.yaml, connections.yaml, flows/*.yaml, plugins/*.so; and who may
/// write to plugins/.
FolderState look_at_project(const std::string& dir);

struct WatchTimes {
  std::chrono::milliseconds look{200};  ///< between two looks
  std::chrono::milliseconds still{
      300};  ///< nothing may have changed for so long: a checkout writes many files, a copy takes a while
  /// Even if something always changes, the callback comes this long after the first change.
  std::chrono::milliseconds at_latest{5'000};
  std::chrono::milliseconds again{30'000};  ///< between two callbacks for what may mend itself
};

class ProjectWatch {
 public:
  /// While `unsettled` says so, the callback comes also when nothing changed: for causes that no file shows,
  /// such as a full disk.
  ProjectWatch(std::string dir, std::function<void()> changed, WatchTimes times = {},
               std::function<bool()> unsettled = {});
  /// Waits for a callback under way; so never from within one.
  ~ProjectWatch();
  ProjectWatch(const ProjectWatch&) = delete;

 private:
  void run();
  bool sleep(std::chrono::milliseconds time);

  const std::string dir_;
  const std::function<void()> changed_;
  const WatchTimes times_;
  const std::function<bool()> unsettled_;
  FolderState seen_;  ///< what the last callback (or the beginning) saw
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace waggle::project
