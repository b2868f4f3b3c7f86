// A disk of its own for the data folder: an ext4 file system in a file, mounted through a loop device. A copy
// of that file, taken while the writing process stands still, is what a power cut would leave: everything
// that was synced, and nothing of what only the page cache knew. Needs root and loop devices.
#pragma once

#include <cstdint>
#include <string>

#include <waggle/result.hpp>

namespace waggle::durability {

class DiskImage {
 public:
  /// Makes and mounts it at <folder>/disk. Errors: failed, with code no_loop_mounts where they are not
  /// allowed.
  static Result<DiskImage> make(const std::string& folder, std::uint64_t bytes);
  DiskImage(DiskImage&& other) noexcept;
  DiskImage& operator=(DiskImage&&) = delete;
  ~DiskImage();  ///< unmounts

  const std::string& mounted_at() const { return mount_; }
  /// Copies what is on the disk at this moment; the writing process must stand still.
  Result<void> copy();
  /// The power is back: what was mounted is gone, the copy takes its place and its journal is replayed. No
  /// process may have a file open there. Errors: failed (does not mount).
  Result<void> use_copy();

 private:
  explicit DiskImage(std::string folder);
  std::string file(int number) const { return folder_ + "/disk" + std::to_string(number) + ".img"; }
  Result<void> mount();
  Result<void> unmount();

  std::string folder_, mount_;
  int current_ = 0;
  bool mounted_ = false;
};

}  // namespace waggle::durability
