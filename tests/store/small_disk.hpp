// A file system of 64 MiB in memory, for what happens when a disk is full. Mounting needs root.
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace waggle::store::testing {

class SmallDisk {
 public:
  SmallDisk() = default;
  SmallDisk(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted()) umount2(path_.c_str(), MNT_DETACH);
  }
  /// Over an empty folder. Why not; empty when it is done.
  std::string mount_at(const std::string& folder) {
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64m,mode=0700") != 0)
      return std::string("mounting a file system is not allowed: ") + std::strerror(errno);
    path_ = folder;
    return {};
  }
  bool mounted() const { return !path_.empty(); }
  const std::string& path() const { return path_; }

  std::uint64_t free_bytes() const {
    struct statvfs disk {};
    EXPECT_EQ(statvfs(path_.c_str(), &disk), 0) << std::strerror(errno);
    return disk.f_bavail * disk.f_frsize;
  }
  /// A file that takes so much; its path.
  std::string take(const std::string& name, std::uint64_t bytes) const {
    const std::string file = path_ + "/" + name;
    const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    EXPECT_EQ(fallocate(made, 0, 0, static_cast<off_t>(bytes)), 0) << std::strerror(errno);
    close(made);
    return file;
  }

 private:
  std::string path_;
};

}  // namespace waggle::store::testing
