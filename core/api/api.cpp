#include "core/api/api.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <waggle/secret.hpp>

#include "core/api/routes.hpp"
#include "core/engine/request_words.hpp"

namespace waggle::api {
namespace {

constexpr std::size_t token_bytes = 32;  ///< 256 random bits: not to be guessed

constexpr Route routes[] = {
    {"GET", "/healthz", true, health},
    {"GET", "/readyz", true, ready},
    {"GET", "/metrics", true, metrics},
    {"POST", "/api/runs/{id}/retry", false, retry_run},
    {"POST", "/api/runs/{id}/discard", false, discard_run},
    {"POST", "/api/flows/{id}/start", false, start_flow},
    {"GET", "/api/connections", false, list_connections},
    {"POST", "/api/connections/{id}/mend", false, mend_connection},
    {"POST", "/api/backup", false, backup},
    {"POST", "/api/prune", false, prune},
};

/// The part of `path` that stands for {…} in `pattern`; nullopt when it does not match.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(pattern.find('}') + 1);
  if (path.size() <= before.size() + after.size() || path.substr(0, before.size()) != before)
    return std::nullopt;
  if (path.substr(path.size() - after.size()) != after) return std::nullopt;
  std::string name(path.substr(before.size(), path.size() - before.size() - after.size()));
  if (name.find('/') != std::string::npos) return std::nullopt;
  return name;
}

Result<std::string> make_token(const std::string& file) {
  std::array<unsigned char, token_bytes> random{};
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    return failed("no random bytes for the control token; the system's random source is not working");
  std::string token = "wgl_";
  for (const unsigned char byte : random) {
    constexpr std::string_view digits = "0123456789abcdef";
    token += digits[byte >> 4];
    token += digits[byte & 15];
  }
  const int fd = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return failed("cannot write " + file + "; is the data folder writable?");
  const bool written =
      ::write(fd, token.data(), token.size()) == static_cast<ssize_t>(token.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written) return failed("cannot write " + file + "; is the disk full?");
  return token;
}

}  // namespace

std::string token_file(const std::string& data_dir) { return data_dir + "/control-token"; }
std::string server_file(const std::string& data_dir) { return data_dir + "/server.json"; }

Result<std::unique_ptr<Api>> Api::open(engine::Engine& engine) {
  const std::string file = token_file(engine.data_dir());
  std::string token;
  std::ifstream(file) >> token;
  if (token.empty()) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);  // an empty one: cut off while it was made
    WAGGLE_TRY(token, make_token(file));
  }
  return std::unique_ptr<Api>(new Api(engine, std::move(token)));
}

void Api::handle(std::size_t loop, http::Request request, http::Respond respond) {
  bool known = false;
  for (const Route& route : routes) {
    auto name = match(route.path, request.path);
    if (!name) continue;
    known = true;
    if (route.method != request.method) continue;
    const std::string_view given = http::header(request.headers, "authorization");
    constexpr std::string_view bearer = "Bearer ";
    const bool allowed = route.open || (given.substr(0, bearer.size()) == bearer &&
                                        Secret(token_).equals(given.substr(bearer.size())));
    if (!allowed)
      return respond(engine::problem(
          401, "token_needed", "this call needs the control token of the data folder (file control-token)"));
    return route.handle({engine_, loop, std::move(request), std::move(*name), std::move(respond)});
  }
  if (known)
    return respond(
        engine::problem(405, "method_not_allowed", request.path + " does not take " + request.method));
  respond(engine::problem(404, "no_such_path", "there is no " + request.path));
}

}  // namespace waggle::api
