#include "tests/durability/harness/disk_image.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/durability/harness/process.hpp"

namespace waggle::durability {
namespace {

namespace fs = std::filesystem;

Result<void> must(const std::vector<std::string>& command, const std::string& log) {
  const int status = run(command, log);
  if (status == 0) return {};
  std::ostringstream said;
  said << std::ifstream(log).rdbuf();
  return failed(command[0] + " ended with " + std::to_string(status) + ": " + said.str(), "disk_image");
}

}  // namespace

DiskImage::DiskImage(std::string folder) : folder_(std::move(folder)), mount_(folder_ + "/disk") {}

DiskImage::DiskImage(DiskImage&& other) noexcept
    : folder_(other.folder_),
      mount_(other.mount_),
      current_(other.current_),
      mounted_(std::exchange(other.mounted_, false)) {}

DiskImage::~DiskImage() {
  if (mounted_) run({"umount", "-l", mount_});
}

Result<DiskImage> DiskImage::make(const std::string& folder, std::uint64_t bytes) {
  DiskImage image(folder);
  fs::create_directories(image.mount_);
  std::ofstream(image.file(0)).close();
  fs::resize_file(image.file(0), bytes);  // sparse
  auto made = must({"mkfs.ext4", "-q", "-F", image.file(0)}, folder + "/disk.log");
  if (made.ok()) made = image.mount();
  if (made.ok()) return image;
  made.error().code = "no_loop_mounts";
  return made.error();
}

/// The kernel's own commits of the journal would save, now and then, what nobody synced, and could fall into
/// the copying: with 300 s between them neither happens.
Result<void> DiskImage::mount() {
  WAGGLE_TRY_VOID(must({"mount", "-o", "loop,commit=300", file(current_), mount_}, folder_ + "/disk.log"));
  mounted_ = true;
  return {};
}

Result<void> DiskImage::unmount() {
  WAGGLE_TRY_VOID(must({"umount", mount_}, folder_ + "/disk.log"));
  mounted_ = false;
  return {};
}

Result<void> DiskImage::copy() {
  return must({"cp", "--sparse=always", file(current_), file(current_ + 1)}, folder_ + "/disk.log");
}

Result<void> DiskImage::use_copy() {
  WAGGLE_TRY_VOID(unmount());
  std::error_code ignored;
  fs::remove(file(current_), ignored);
  ++current_;
  return mount();
}

}  // namespace waggle::durability
