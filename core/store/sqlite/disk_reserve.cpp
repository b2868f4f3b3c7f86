#include "core/store/sqlite/disk_reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace waggle::store::sqlite {
namespace {

/// Below this nothing new is taken: 5 % of the disk, at most 256 MiB. What is left is for runs that
/// are under way and for deletes.
constexpr std::uint64_t max_low_bytes = 256ull << 20;
constexpr std::uint64_t low_part = 20;
/// The reserve: 1/32 of the disk, at most 64 MiB, which is the largest log that may have to be moved; and at
/// least 16 MiB, as the database may have to grow by all of a log that nobody holds up, 4 MiB and one group
/// of 8 or an event of 10 (checkpoint.cpp, writer.cpp), before anything can be deleted. Of a tiny disk an
/// eighth.
constexpr std::uint64_t max_reserve_bytes = 64ull << 20, min_reserve_bytes = 16ull << 20;
constexpr std::uint64_t reserve_part = 32, tiny_disk_part = 8;

}  // namespace

DiskReserve::DiskReserve(const std::string& folder) : folder_(folder), file_(folder + "/reserve") {
  struct stat there {};
  if (stat(file_.c_str(), &there) == 0) made_bytes_ = static_cast<std::uint64_t>(there.st_blocks) * 512;
}

bool DiskReserve::look(std::uint64_t owed) {
  struct statvfs disk {};
  if (statvfs(folder_.c_str(), &disk) != 0) return false;  // writes will say what is wrong
  const std::uint64_t block = disk.f_frsize;
  const std::uint64_t total = disk.f_blocks * block, free = disk.f_bavail * block;
  free_.store(free, std::memory_order_relaxed);
  const std::uint64_t reserve = std::clamp(
      total / reserve_part, std::min(min_reserve_bytes, total / tiny_disk_part), max_reserve_bytes);
  std::uint64_t least = std::min(total / low_part, max_low_bytes) + owed;
  if (low_.load(std::memory_order_relaxed)) least += reserve / 2;  // not to and fro at the limit
  bool low = free < least;
  const bool first = !std::exchange(looked_, true);
  if (!first && made_bytes_ == 0) {
    // It must come back first: else the disk would be taken for free because of what was given up.
    low = free < least + reserve || !make(reserve);
  } else if (!first && made_bytes_ < reserve && free >= least + reserve + reserve / 2) {
    make(reserve);
  }
  return low_.exchange(low, std::memory_order_relaxed) != low;
}

bool DiskReserve::make(std::uint64_t bytes) {
  const int file = open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return false;
  // A file system that cannot allocate (EOPNOTSUPP) has no reserve, and works without one.
  const int failed = fallocate(file, 0, 0, static_cast<off_t>(bytes));
  const bool unsupported = failed != 0 && errno == EOPNOTSUPP;
  close(file);
  if (failed != 0 && !unsupported) {
    if (made_bytes_ == 0) unlink(file_.c_str());
    return false;
  }
  made_bytes_ = bytes;
  return true;
}

void DiskReserve::give_up() {
  low_.store(true, std::memory_order_relaxed);
  if (std::exchange(made_bytes_, 0) != 0) unlink(file_.c_str());
}

}  // namespace waggle::store::sqlite
