// A backup's file on its way to being one: written under another name, for its owner alone, then proven,
// synced and renamed. What is given up half-way leaves nothing. One thread at a time.
#pragma once

#include <atomic>
#include <string>

#include <sqlite3.h>

#include <waggle/result.hpp>

#include "core/store/upkeep.hpp"

namespace waggle::store::sqlite {

class CopyFile {
 public:
  /// Errors: invalid (the file exists, the folder is not writable).
  static Result<CopyFile> create(const std::string& file);
  CopyFile(CopyFile&& other) noexcept;
  CopyFile& operator=(CopyFile&&) = delete;
  ~CopyFile();

  /// Begins to copy the database of `source`, whose thread then calls `step`.
  Result<void> begin(sqlite3* source);
  /// Copies some pages. Between steps nothing is locked; what the source changes meanwhile in pages that are
  /// copied already is changed in the copy, too. True: all is copied.
  Result<bool> step(int pages);
  /// Reads the copy through, syncs it and gives it its name. Takes long; ends with `retry` when `stop`
  /// becomes true. Any thread.
  Result<BackedUp> finish(const std::atomic<bool>* stop = nullptr);

 private:
  explicit CopyFile(std::string file) : file_(std::move(file)), draft_(file_ + ".partial") {}
  void close();
  Error failure(int code) const;

  std::string file_, draft_;
  bool owns_draft_ = false;
  sqlite3* copy_ = nullptr;
  sqlite3_backup* backup_ = nullptr;
};

/// Reads a database file that nobody writes through, and proves that it is whole and one of ours that this
/// program can read. Writes nothing, not even beside it. Errors: invalid (no such file; not Waggle's; of a
/// newer one), failed (damaged).
Result<void> prove_copy(const std::string& file, const std::atomic<bool>* stop = nullptr);

/// The folder's entries are on disk.
Result<void> sync_folder(const std::string& folder);
/// The file's content is on disk.
Result<void> sync_file(const std::string& file);

}  // namespace waggle::store::sqlite
