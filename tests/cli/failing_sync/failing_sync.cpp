// Put before the C library (LD_PRELOAD): fsync and fdatasync fail with EIO as long as the file named by
// WAGGLE_TEST_SYNC_FAILS exists, as they do on a disk that lost a write.
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

static int sync_unless_told(long call, int file) {
  const char* const told = std::getenv("WAGGLE_TEST_SYNC_FAILS");
  if (told != nullptr && access(told, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(call, file));
}

extern "C" int fsync(int file) { return sync_unless_told(SYS_fsync, file); }
extern "C" int fdatasync(int file) { return sync_unless_told(SYS_fdatasync, file); }
