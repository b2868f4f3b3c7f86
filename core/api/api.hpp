// Waggle's own paths: health, metrics, and the control calls that the CLI makes. Mounted on the front door
// beside the webhooks; answers on the loop that asks. /api/ wants the control token, which only who can read
// the data folder knows.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <waggle/result.hpp>

#include "core/engine/engine.hpp"
#include "core/http/server.hpp"

namespace waggle::api {

/// One request with what its path named: `/api/runs/{id}/retry`.
struct Call {
  engine::Engine& engine;
  std::size_t loop;
  http::Request request;
  std::string name;  ///< the part of the path in braces; empty when there is none
  http::Respond respond;
};

struct Route {
  std::string_view method;
  std::string_view path;  ///< at most one {name}
  bool open;              ///< answered without the control token
  void (*handle)(Call call);
};

class Api {
 public:
  /// Reads the control token of the engine's data folder, or makes one (file control-token, mode 0600). The
  /// engine holds the folder, so nobody else makes one beside us. Errors: failed (not writable).
  static Result<std::unique_ptr<Api>> open(engine::Engine& engine);

  void handle(std::size_t loop, http::Request request, http::Respond respond);

 private:
  Api(engine::Engine& engine, std::string token) : engine_(engine), token_(std::move(token)) {}

  engine::Engine& engine_;
  std::string token_;
};

/// Where the token of a data folder lies.
std::string token_file(const std::string& data_dir);
/// Where a running server writes its address: {"pid","address","port"}.
std::string server_file(const std::string& data_dir);

}  // namespace waggle::api
