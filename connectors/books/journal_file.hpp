// A journal file that others edit too: lock it, mend what a crash left, append one entry, and never write an
// entry twice. Blocks (flock, fsync): call it only on a thread that may.
//
// Why append, not write-anew-and-rename: a rename costs the whole file for each entry, cuts hard links and
// open editors off, and loses what an editor saves meanwhile. A torn append is instead undone by an intent:
// before the append, the offset and the text are written and synced to `.NAME.waggle-pending` beside the
// file. Whoever locks the file next finds the intent; if the file's tail is a part of that text, it is cut
// off (the entry was never confirmed, its retry writes it again); if it is all there, the entry stands and
// the retry recognises its id. So at every instant the file holds whole entries, or one torn tail that is
// known to be ours. The book itself carries no marks of this. Costs three fsyncs an entry.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <waggle/result.hpp>

#include "known.hpp"

namespace waggle::books {

/// Another program may hold the file while it saves; no save takes longer.
inline constexpr std::chrono::seconds lock_patience{5};
/// A book of a million entries has about 300 MB; beyond a GB it is no book.
inline constexpr off_t largest_file = off_t{1} << 30;
/// Books remembered between calls; a person has one or two.
inline constexpr std::size_t most_remembered = 16;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

class JournalFile {
 public:
  /// Opens (makes, when absent) and locks. Errors: invalid (no such folder, not a file), retry (locked by
  /// another).
  static Result<JournalFile> lock(std::string path, Format format);

  const Known& known() const { return known_; }
  /// The whole entry with this id (as it stands in the file), or nothing. When found, the last thing done.
  Result<std::optional<std::string>> find(std::string_view id);
  /// Appends `declarations` and `entry` in one piece. The last thing done with this object.
  Result<void> append(const std::string& declarations, const std::string& entry);

 private:
  JournalFile(std::string path, Format format, Descriptor file)
      : path_(std::move(path)), format_(format), file_(std::move(file)) {}

  Result<void> recover();
  Result<void> learn();
  void remember();  // gives known_ away: nothing may come after it
  Result<std::string> read(int file, off_t from) const;
  Result<void> write_all(int file, std::string_view bytes) const;
  Result<void> sync(int file) const;
  Result<void> sync_folder() const;
  Error trouble(const std::string& doing) const;
  std::string folder() const;
  std::string pending_path() const;

  std::string path_;
  Format format_;
  Descriptor file_;
  Known known_;
};

}  // namespace waggle::books

#include "journal_file.ipp"
