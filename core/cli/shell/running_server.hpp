// A project's running server: `waggle up` leaves a note in the data folder, other commands read it and call
// the server. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <waggle/result.hpp>

#include "core/http/message.hpp"

namespace waggle::cli {

/// The note (core/api's server_file); removed when it goes. After a kill -9 an old one stays: who reads it
/// finds nobody there.
class ServerNote {
 public:
  /// Errors: invalid (folder not writable).
  static Result<ServerNote> leave(const std::string& data_dir, const std::string& address,
                                  std::uint16_t port);
  ServerNote(ServerNote&& other) noexcept;
  ServerNote& operator=(ServerNote&&) = delete;
  ~ServerNote();

 private:
  explicit ServerNote(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// http://127.0.0.1:8080: how to reach an address that was listened on.
std::string url_of(const std::string& address, std::uint16_t port);

/// The URL of the running server; nullopt when no note is there.
std::optional<std::string> running_server(const std::string& data_dir);

/// Calls the server's own API with its control token. nullopt: no server is running. Errors: invalid (the
/// token is not readable), failed (it refused: says why).
Result<std::optional<http::OutboundResponse>> call_server(
    const std::string& data_dir, const std::string& path, const std::string& body = {},
    std::chrono::milliseconds patience = std::chrono::seconds(30), const std::string& method = "POST");

}  // namespace waggle::cli
