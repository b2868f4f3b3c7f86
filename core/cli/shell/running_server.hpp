// Where a project's running server is: `waggle up` leaves a note in the data folder, other commands read it.
// One thread.
#pragma once

#include <optional>
#include <string>

#include <waggle/result.hpp>

namespace waggle::cli {

/// The note; removed when it goes. After a kill -9 an old one stays: who reads it finds nobody there, and
/// says so.
class ServerNote {
 public:
  /// Errors: invalid (folder not writable).
  static Result<ServerNote> leave(const std::string& data_dir, const std::string& url);
  ServerNote(ServerNote&& other) noexcept;
  ServerNote& operator=(ServerNote&&) = delete;
  ~ServerNote();

 private:
  explicit ServerNote(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// http://127.0.0.1:8080; nullopt when no note is there.
std::optional<std::string> running_server(const std::string& data_dir);

}  // namespace waggle::cli
