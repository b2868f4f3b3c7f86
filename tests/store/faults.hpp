// Makes SQLite's system calls fail: the n-th from now on, as a full, failing or busy disk would. Its unix
// layer lets each call be replaced (https://sqlite.org/c3ref/vfs.html, xSetSystemCall, read 2026-11); fsync
// comes by sync.hpp. For all threads of the program.
#pragma once

#include <string>

namespace waggle::store::testing {

struct Fault {
  const char* name;
  int error;      ///< errno: ENOSPC (writes), EIO (also reads, syncs, opens), EAGAIN (locks)
  long how_many;  ///< calls that fail, from the n-th on
};

/// From now on calls of that kind are counted, and the `at`-th and those after it fail.
void inject(const Fault& fault, long at);
/// Nothing fails any more. True when something had failed.
bool heal();

}  // namespace waggle::store::testing
