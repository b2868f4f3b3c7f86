#include "core/store/sqlite/copy_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/store/sqlite/migrations.hpp"
#include "core/store/sqlite/query.hpp"

namespace waggle::store::sqlite {
namespace {

/// Steps of SQLite's virtual machine between two looks at `stop`.
constexpr int steps_between = 10'000;

Error file_error(const std::string& file, const char* doing, int problem) {
  const std::string text = file + ": " + doing + ": " + std::strerror(problem);
  if (problem == EEXIST)
    return invalid(file + ": there is such a file already; choose another name", "backup_file");
  if (problem == ENOSPC || problem == EDQUOT)
    return retry(text + "; free some space there", {}, "backup_full");
  return invalid(text + "; choose a folder that Waggle may write to", "backup_file");
}

Result<void> sync_path(const std::string& path, int flags) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (file < 0) return file_error(path, "opening", errno);
  const int failed = fsync(file);
  const int problem = errno;
  ::close(file);
  if (failed != 0) return file_error(path, "syncing", problem);
  return {};
}

std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Result<void> sync_folder(const std::string& folder) { return sync_path(folder, O_DIRECTORY); }
Result<void> sync_file(const std::string& file) { return sync_path(file, 0); }

Result<CopyFile> CopyFile::create(const std::string& file) {
  if (access(file.c_str(), F_OK) == 0) return file_error(file, "making", EEXIST);
  CopyFile copy(file);
  // A draft that a killed process left is nobody's: only one backup at a time goes to one name.
  unlink(copy.draft_.c_str());
  const int made = open(copy.draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return file_error(copy.draft_, "making", errno);
  ::close(made);
  copy.owns_draft_ = true;
  return copy;
}

CopyFile::CopyFile(CopyFile&& other) noexcept
    : file_(std::move(other.file_)),
      draft_(std::move(other.draft_)),
      owns_draft_(std::exchange(other.owns_draft_, false)),
      copy_(std::exchange(other.copy_, nullptr)),
      backup_(std::exchange(other.backup_, nullptr)) {}

CopyFile::~CopyFile() {
  close();
  if (owns_draft_) unlink(draft_.c_str());
}

void CopyFile::close() {
  if (backup_) sqlite3_backup_finish(std::exchange(backup_, nullptr));
  if (copy_) sqlite3_close(std::exchange(copy_, nullptr));
}

Error CopyFile::failure(int code) const {
  const std::string text = draft_ + ": copying: " + (copy_ ? sqlite3_errmsg(copy_) : sqlite3_errstr(code));
  if ((code & 0xff) == SQLITE_FULL) return retry(text + "; free some space there", {}, "backup_full");
  return failed(text, "backup_failed");
}

Result<void> CopyFile::begin(sqlite3* source) {
  int code = sqlite3_open_v2(draft_.c_str(), &copy_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, "unix");
  if (code != SQLITE_OK) return failure(code);
  // Nothing of it counts before it is synced and named: a journal would only be written for nothing.
  for (const char* pragma : {"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"})
    if (code = sqlite3_exec(copy_, pragma, nullptr, nullptr, nullptr); code != SQLITE_OK)
      return failure(code);
  backup_ = sqlite3_backup_init(copy_, "main", source, "main");
  if (!backup_) return failure(sqlite3_errcode(copy_));
  return {};
}

Result<bool> CopyFile::step(int pages) {
  const int code = sqlite3_backup_step(backup_, pages);
  if (code == SQLITE_OK) return false;
  if (code != SQLITE_DONE) return failure(code);
  const int finished = sqlite3_backup_finish(std::exchange(backup_, nullptr));
  if (finished != SQLITE_OK) return failure(finished);
  close();
  return true;
}

Result<BackedUp> CopyFile::finish(const std::atomic<bool>* stop) {
  WAGGLE_TRY_VOID(prove_copy(draft_, stop));
  WAGGLE_TRY_VOID(sync_file(draft_));
  if (renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, file_.c_str(), RENAME_NOREPLACE) != 0) {
    // Not every file system can refuse to replace: there a link can.
    if (errno != EINVAL) return file_error(file_, "naming", errno);
    if (link(draft_.c_str(), file_.c_str()) != 0) return file_error(file_, "naming", errno);
    unlink(draft_.c_str());
  }
  owns_draft_ = false;
  if (auto named = sync_folder(folder_of(file_)); !named.ok()) {
    unlink(file_.c_str());  // said to have failed, it must not be there
    return named.error();
  }
  std::error_code ignored;
  return BackedUp{file_, std::filesystem::file_size(file_, ignored)};
}

Result<void> prove_copy(const std::string& file, const std::atomic<bool>* stop) {
  if (access(file.c_str(), R_OK) != 0) return file_error(file, "reading", errno);
  WAGGLE_TRY(Connection connection, Connection::open_still(file));
  WAGGLE_TRY_VOID(check_ours(connection));
  const auto told_to_stop = [](void* told) -> int { return *static_cast<const std::atomic<bool>*>(told); };
  if (stop)
    sqlite3_progress_handler(connection.handle(), steps_between, told_to_stop,
                             const_cast<std::atomic<bool>*>(stop));
  WAGGLE_TRY(const std::int64_t layout, connection.number("PRAGMA user_version"));
  if (layout == 0) return invalid(file + ": this is not a backup of Waggle: it is empty", "store_foreign");
  Query check(connection, "PRAGMA integrity_check(1)");
  WAGGLE_TRY_VOID(check.start());
  const auto answered = check.next();
  if (!answered.ok() && stop && *stop)
    return retry(file + ": Waggle is stopped; no backup was made, start it again afterwards", {},
                 "store_closed");
  if (!answered.ok()) return answered.error();
  if (*answered && check.view(0) == "ok") return {};
  return failed(file + ": the copy is damaged: " + check.text(0) + "; use another backup",
                std::string(damaged_code));
}

}  // namespace waggle::store::sqlite
