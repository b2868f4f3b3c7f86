// One process per data folder: flock on waggle.lock, held until the process ends, however it ends. Also tells
// whether the last owner closed the store, which decides about a check of the file. Taken once, by whoever
// opens the store.
#pragma once

#include <string>

#include <waggle/result.hpp>

namespace waggle::store::sqlite {

class FolderLock {
 public:
  /// With `reading`, the mark of an unclean stop stays for whoever comes next.
  enum class For { writing, reading };
  /// Makes the folder (for the owner alone) when it is not there. Errors: invalid (names the process that has
  /// it; folder not writable).
  static Result<FolderLock> take(const std::string& folder, For use = For::writing);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

  /// The last owner was killed or crashed.
  bool after_unclean_stop() const { return unclean_; }
  /// Says that the store was closed in order.
  void mark_clean();

 private:
  FolderLock(int file, bool unclean) : file_(file), unclean_(unclean) {}
  int file_ = -1;
  bool unclean_ = false;
};

}  // namespace waggle::store::sqlite
