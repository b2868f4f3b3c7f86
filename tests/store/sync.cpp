#include "tests/store/sync.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace waggle::store::testing {

std::atomic<int> syncs{0};
std::atomic<bool> syncs_fail{false};
bool (*sync_fails)() = nullptr;

static int counted_sync(long call, int file) {
  ++syncs;
  if (syncs_fail) {
    errno = EIO;
    return -1;
  }
  if (sync_fails && sync_fails()) return -1;
  return static_cast<int>(syscall(call, file));
}

}  // namespace waggle::store::testing

extern "C" int fsync(int file) { return waggle::store::testing::counted_sync(SYS_fsync, file); }
extern "C" int fdatasync(int file) { return waggle::store::testing::counted_sync(SYS_fdatasync, file); }
