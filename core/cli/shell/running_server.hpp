// A project's running server: `waggle up` leaves a note in the data folder, other commands read it and call
// the server. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <waggle/result.hpp>

#include "core/engine/engine.hpp"
#include "core/http/message.hpp"

namespace waggle::cli {

/// The note (core/api's server_file); removed when it goes. It is locked as long as its server lives, and the
/// kernel ends the lock however that ends: a note that nobody holds is a killed server's, and not believed.
/// At its address may be somebody else by now, who shall not be sent the control token.
class ServerNote {
 public:
  /// Of an engine that listens: only who holds the data folder has one. Errors: invalid (folder not
  /// writable).
  static Result<ServerNote> leave(const engine::Engine& engine);
  ServerNote(ServerNote&& other) noexcept;
  ServerNote& operator=(ServerNote&&) = delete;
  ~ServerNote();

 private:
  ServerNote(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_;  ///< open, for its lock
};

/// http://127.0.0.1:8080: how to reach an address that was listened on.
std::string url_of(const std::string& address, std::uint16_t port);

/// The URL of the running server; nullopt when none runs.
std::optional<std::string> running_server(const std::string& data_dir);

/// Calls the server's own API with its control token. nullopt: no server is running. Errors: invalid (the
/// token is not readable), failed (it refused: says why).
Result<std::optional<http::OutboundResponse>> call_server(
    const std::string& data_dir, const std::string& path, const std::string& body = {},
    std::chrono::milliseconds patience = std::chrono::seconds(30), const std::string& method = "POST");

}  // namespace waggle::cli
