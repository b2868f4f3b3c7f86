#include "plugins/host/content_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include <waggle/crypto.hpp>

namespace waggle::host {
namespace {

namespace fs = std::filesystem;

/// A copy that nobody loaded for so long is of a version that is gone; it is made anew if it comes back.
/// Looked at once in a process's life, before it has copies of its own: a plugin is loaded from its copy when
/// it is first needed, and that may be months after it was made.
constexpr auto unused_for = std::chrono::hours(24 * 30);

/// The cached bytes are compared, not believed: a crash or a full disk may have left a part.
bool holds(const std::string& path, std::string_view bytes) {
  if (std::error_code ignored; !fs::is_regular_file(path, ignored)) return false;
  std::ifstream in(path, std::ios::binary);
  const std::string there((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return in && there == bytes;
}

Result<void> write_all(const std::string& path, std::string_view bytes) {
  const int out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0500);
  if (out < 0) return invalid("its copy " + path + " cannot be made: " + std::strerror(errno), "no_copy");
  int problem = 0;
  while (!bytes.empty() && problem == 0) {
    const ssize_t put = ::write(out, bytes.data(), bytes.size());
    if (put >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(put));
    else if (errno != EINTR)
      problem = errno;
  }
  if (::close(out) != 0 && problem == 0) problem = errno;
  if (problem == 0) return {};
  ::unlink(path.c_str());
  return invalid("its copy " + path + " cannot be written: " + std::strerror(problem), "no_copy");
}

void remove_unused(const fs::path& cache_dir) {
  std::error_code ignored;  // tidying is never a reason to refuse a plugin
  const auto now = fs::file_time_type::clock::now();
  for (const auto& entry : fs::directory_iterator(cache_dir, ignored)) {
    const auto used = entry.last_write_time(ignored);
    if (!ignored && now - used > unused_for) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

Result<CachedFile> keep_copy(std::string_view bytes, const std::string& cache_dir) {
  std::error_code problem;
  fs::create_directories(cache_dir, problem);
  if (!problem) fs::permissions(cache_dir, fs::perms::owner_all, problem);
  if (problem)
    return invalid(
        "the folder for copies of plugins, " + cache_dir + ", cannot be made: " + problem.message(),
        "no_cache");
  static std::once_flag tidied;
  std::call_once(tidied, remove_unused, cache_dir);

  CachedFile out{.path = {}, .hash = to_hex(sha256(bytes))};
  out.path = fs::absolute(cache_dir) / (out.hash + ".so");
  if (holds(out.path, bytes)) {
    fs::last_write_time(out.path, fs::file_time_type::clock::now(), problem);
    return out;
  }
  const std::string part = out.path + "." + std::to_string(::getpid());
  ::unlink(part.c_str());
  WAGGLE_TRY_VOID(write_all(part, bytes));
  if (::rename(part.c_str(), out.path.c_str()) == 0) return out;
  return invalid("its copy " + out.path + " cannot be made: " + std::strerror(errno), "no_copy");
}

}  // namespace waggle::host
