#include "core/store/sqlite/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace waggle::store::sqlite {
namespace {

/// Longer than any process id.
constexpr std::size_t max_pid_text = 32;

std::string read_pid(int file) {
  char text[max_pid_text];
  const ssize_t got = pread(file, text, sizeof text, 0);
  std::string pid(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid;
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder, For use) {
  std::error_code problem;
  const bool made = std::filesystem::create_directories(folder, problem);
  if (problem)
    return invalid(
        folder + ": the data folder cannot be made: " + problem.message() + "; choose another with --data",
        "data_folder");
  // Events hold customers' data: nobody else may read them.
  if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);

  const std::string path = folder + "/waggle.lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return invalid(
        path + ": cannot be opened: " + std::strerror(errno) + "; the data folder must be writable",
        "data_folder");
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    const std::string pid = read_pid(file);
    close(file);
    return invalid(folder + ": another Waggle " + (pid.empty() ? "" : "(process " + pid + ") ") +
                       "is using this data folder; stop it, or choose another folder with --data",
                   "data_folder_in_use");
  }
  FolderLock lock(file, !read_pid(file).empty());
  if (use == For::reading) return lock;
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0 || pwrite(file, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return invalid(path + ": cannot be written: " + std::strerror(errno) + "; free some space",
                   "data_folder");
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), unclean_(other.unclean_) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);  // releases the lock; the file stays, unlinking would race the next owner
}

void FolderLock::mark_clean() {
  if (ftruncate(file_, 0) != 0) return;  // then the next start checks once more than needed
}

}  // namespace waggle::store::sqlite
