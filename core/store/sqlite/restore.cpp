#include "core/store/restore.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "core/clock.hpp"
#include "core/store/sqlite/copy_file.hpp"
#include "core/store/sqlite/database.hpp"
#include "core/store/sqlite/folder_lock.hpp"
#include "core/store/sqlite/migrations.hpp"

namespace waggle::store {
namespace {

namespace fs = std::filesystem;

Error cannot(const std::string& what, const std::error_code& problem) {
  return failed(what + ": " + problem.message() + "; check the folder's permissions and the free space",
                "restore_failed");
}

/// A copy that is its owner's alone from its first byte on, whatever the mode of what it is a copy of.
std::error_code copy_privately(const std::string& from, const std::string& to) {
  const int made = open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return {errno, std::generic_category()};
  close(made);
  errno = 0;
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary);
  out << in.rdbuf();
  out.close();
  if (in && out) return {};
  return {errno == 0 ? EIO : errno, std::generic_category()};
}

/// Empties the log into the old database, so that one file is all there is of it. A damaged one keeps its
/// log.
void settle(const std::string& database) {
  auto old = sqlite::Connection::open_writer(database);
  if (old.ok() && sqlite::check_ours(*old).ok()) (void)old->configure_writer();
}  // closing the last connection moves the log and removes it

/// Gives the old files other names. The database last: as long as it is there, a killed restore has changed
/// nothing that a start would not notice.
Result<std::string> set_aside(const std::string& database) {
  settle(database);
  const std::string aside = database + ".replaced-" + std::to_string(now_ms());
  for (const char* part : {"-wal", "-shm"}) {
    std::error_code problem;
    if (!fs::exists(database + part)) continue;
    fs::rename(database + part, aside + part, problem);
    if (problem) return cannot(database + part, problem);
  }
  std::error_code problem;
  fs::create_hard_link(database, aside, problem);
  if (problem) fs::rename(database, aside, problem);  // a file system without links
  if (problem) return cannot(database, problem);
  return aside;
}

}  // namespace

Result<BackedUp> backup_sqlite(const std::string& data_dir, const std::string& file) {
  const std::string database = data_dir + "/waggle.db";
  std::error_code ignored;
  if (!fs::exists(database, ignored))
    return invalid(database + ": there is no database; is this the right data folder (--data)?",
                   "store_missing");
  WAGGLE_TRY(const sqlite::FolderLock lock,
             sqlite::FolderLock::take(data_dir, sqlite::FolderLock::For::reading));
  WAGGLE_TRY(sqlite::Connection source, sqlite::Connection::open_reader(database));
  WAGGLE_TRY_VOID(sqlite::check_ours(source));
  WAGGLE_TRY(sqlite::CopyFile copy, sqlite::CopyFile::create(file));
  WAGGLE_TRY_VOID(copy.begin(source.handle()));
  constexpr int all_pages = -1;
  WAGGLE_TRY(const bool all, copy.step(all_pages));
  if (!all) return retry(database + ": it is being used; try again", {}, "store_busy");
  return copy.finish();
}

Result<Restored> restore_sqlite(const std::string& file, const std::string& data_dir, bool replace) {
  WAGGLE_TRY_VOID(sqlite::prove_copy(file));
  WAGGLE_TRY(sqlite::FolderLock lock, sqlite::FolderLock::take(data_dir));
  const std::string database = data_dir + "/waggle.db", draft = database + ".restoring";
  std::error_code problem;
  const bool there = fs::exists(database, problem) || fs::exists(database + "-wal", problem);
  if (there && !replace) {
    if (!lock.after_unclean_stop()) lock.mark_clean();  // as it was
    return invalid(data_dir +
                       ": there is a store already; choose an empty folder with --data, or say --replace "
                       "(the store that is there is set aside, not deleted)",
                   "restore_not_empty");
  }
  fs::remove(draft, problem);
  problem = copy_privately(file, draft);
  if (problem) {
    std::error_code ignored;
    fs::remove(draft, ignored);
    return cannot(draft, problem);
  }
  WAGGLE_TRY_VOID(sqlite::sync_file(draft));
  Restored restored{database, {}};
  if (there) {
    WAGGLE_TRY(restored.set_aside, set_aside(database));
  }
  fs::rename(draft, database, problem);
  if (problem) return cannot(database, problem);
  WAGGLE_TRY_VOID(sqlite::sync_folder(data_dir));
  // Not marked as clean: a backup may be of a server at work, and what its runs did after it nobody knows.
  return restored;
}

}  // namespace waggle::store
