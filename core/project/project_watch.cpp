#include "core/project/project_watch.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <string_view>

namespace waggle::project {
namespace {

void look_at_file(const std::string& path, FolderState& state) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;  // gone between two looks, or never there
  auto ns = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  // The change time moves with every write, rename and chmod, and unlike the modification time nobody can set
  // it back.
  state[path] = {static_cast<std::uint64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
                 ns(status.st_ctim), 0};
}

void look_at_folder(const std::string& folder, std::string_view ending, FolderState& state) {
  DIR* listing = ::opendir(folder.c_str());
  if (listing == nullptr) return;
  while (const dirent* entry = ::readdir(listing)) {
    std::string_view name = entry->d_name;
    if (!name.starts_with('.') && name.ends_with(ending))
      look_at_file(folder + "/" + std::string(name), state);
  }
  ::closedir(listing);
}

void look_at_rights(const std::string& folder, FolderState& state) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0) state[folder].rights = status.st_mode;
}

}  // namespace

FolderState look_at_project(const std::string& dir) {
  FolderState state;
  look_at_file(dir + "/waggle.yaml", state);
  look_at_file(dir + "/connections.yaml", state);
  look_at_folder(dir + "/flows", ".yaml", state);
  look_at_folder(dir + "/plugins", ".so", state);
  look_at_rights(dir + "/plugins", state);
  return state;
}

ProjectWatch::ProjectWatch(std::string dir, std::function<void()> changed, WatchTimes times,
                           std::function<bool()> unsettled)
    : dir_(std::move(dir)),
      changed_(std::move(changed)),
      times_(times),
      unsettled_(std::move(unsettled)),
      seen_(look_at_project(dir_)) {
  thread_ = std::thread([this] { run(); });
}

ProjectWatch::~ProjectWatch() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

bool ProjectWatch::sleep(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

void ProjectWatch::run() {
  auto again_at = std::chrono::steady_clock::now() + times_.again;
  while (sleep(times_.look)) {
    if (unsettled_ && std::chrono::steady_clock::now() >= again_at) {
      if (unsettled_()) changed_();
      again_at = std::chrono::steady_clock::now() + times_.again;
    }
    FolderState now = look_at_project(dir_);
    if (now == seen_) continue;
    const auto begin = std::chrono::steady_clock::now();
    auto last_change = begin;
    while (std::chrono::steady_clock::now() - last_change < times_.still &&
           std::chrono::steady_clock::now() - begin < times_.at_latest) {
      if (!sleep(times_.look / 4)) return;
      FolderState again = look_at_project(dir_);
      if (again != now) last_change = std::chrono::steady_clock::now();
      now = std::move(again);
    }
    // Remembered before the callback, so that what changes while it reads is noticed afterwards.
    bool differs = now != seen_;
    seen_ = std::move(now);
    if (differs) changed_();
  }
}

}  // namespace waggle::project
