#include "tests/store/faults.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>

#include "tests/store/sync.hpp"

namespace waggle::store::testing {
namespace {

std::atomic<int> error{0};
std::atomic<long> counted{0}, first{0}, last{0};
std::atomic<bool> happened{false};

/// Whether this call, of those that the error can befall, is one that fails.
bool fails(bool befalls) {
  if (!befalls) return false;
  const long number = ++counted;
  if (number < first || number > last) return false;
  happened = true;
  errno = error;
  return true;
}
bool fails_writing() { return fails(error == ENOSPC || error == EIO); }
bool fails_at_all() { return fails(error == EIO); }
bool fails_locking() { return fails(error == EAGAIN); }

decltype(&::pwrite64) real_pwrite = nullptr;
decltype(&::pread64) real_pread = nullptr;
decltype(&::ftruncate) real_truncate = nullptr;
using Open = int (*)(const char*, int, int);
Open real_open = nullptr;

ssize_t faulty_pwrite(int file, const void* from, size_t bytes, off64_t at) {
  return fails_writing() ? -1 : real_pwrite(file, from, bytes, at);
}
ssize_t faulty_pread(int file, void* to, size_t bytes, off64_t at) {
  return fails_at_all() ? -1 : real_pread(file, to, bytes, at);
}
int faulty_truncate(int file, off_t size) { return fails_writing() ? -1 : real_truncate(file, size); }
int faulty_open(const char* path, int flags, int mode) {
  return fails_at_all() ? -1 : real_open(path, flags, mode);
}
int faulty_fcntl(int file, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  const bool locks = command == F_SETLK && static_cast<struct flock*>(argument)->l_type != F_UNLCK;
  return locks && fails_locking() ? -1 : fcntl(file, command, argument);
}

template <class Call, class Faulty>
void replace(sqlite3_vfs* vfs, const char* name, Call& real, Faulty faulty) {
  sqlite3_syscall_ptr now = vfs->xGetSystemCall(vfs, name);
  if (!now) return;  // not in this build of SQLite
  real = reinterpret_cast<Call>(now);
  vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(faulty));
}

void install_once() {
  static const bool installed = [] {
    sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
    replace(vfs, "pwrite", real_pwrite, faulty_pwrite);
    replace(vfs, "pwrite64", real_pwrite, faulty_pwrite);
    replace(vfs, "pread", real_pread, faulty_pread);
    replace(vfs, "pread64", real_pread, faulty_pread);
    replace(vfs, "ftruncate", real_truncate, faulty_truncate);
    replace(vfs, "open", real_open, faulty_open);
    decltype(&::fcntl) real_fcntl = nullptr;
    replace(vfs, "fcntl", real_fcntl, faulty_fcntl);
    sync_fails = fails_at_all;
    return true;
  }();
  (void)installed;
}

}  // namespace

void inject(const Fault& fault, long at) {
  install_once();
  counted = 0;
  happened = false;
  first = at;
  last = at + fault.how_many - 1;
  error = fault.error;
}

bool heal() {
  error = 0;
  return happened;
}

}  // namespace waggle::store::testing
