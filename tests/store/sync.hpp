// The program's own fsync and fdatasync, in place of the C library's: they count, and fail when a test says
// so. SQLite calls them like anybody.
#pragma once

#include <atomic>

namespace waggle::store::testing {

extern std::atomic<int> syncs;        ///< calls so far
extern std::atomic<bool> syncs_fail;  ///< answer EIO
/// Asked at each call when it is set: whether this one fails, with errno set. Set once.
extern bool (*sync_fails)();

}  // namespace waggle::store::testing
