#include "core/cli/shell/running_server.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include <waggle/json.hpp>

#include "core/api/api.hpp"
#include "core/cli/shell/exchange.hpp"
#include "core/cli/shell/file_text.hpp"
#include "core/http/address.hpp"

namespace waggle::cli {
namespace {

constexpr std::size_t max_note_bytes = 4096;  ///< far more than an address and two numbers

/// nullopt: no server has it, so it is a killed one's, or there is none.
std::optional<Json> note_of_the_living(const std::string& data_dir) {
  const std::string path = api::server_file(data_dir);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  const bool held = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  std::string text(max_note_bytes, '\0');
  const ssize_t got = held ? ::read(file, text.data(), text.size()) : 0;
  ::close(file);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  auto note = Json::parse(text);
  if (!note || note->at("port").as_int() <= 0) return std::nullopt;
  return *std::move(note);
}

}  // namespace

Result<ServerNote> ServerNote::leave(const engine::Engine& engine) {
  const std::string path = api::server_file(engine.data_dir());
  const std::string draft = path + ".new";
  const std::string text =
      Json{{"pid", getpid()}, {"address", engine.address()}, {"port", engine.port()}}.dump() + "\n";
  ServerNote note(path, ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  // Held before it has its name: whoever finds it finds it held.
  if (note.file_ < 0 || flock(note.file_, LOCK_EX | LOCK_NB) != 0 ||
      ::write(note.file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      std::rename(draft.c_str(), path.c_str()) != 0)
    return invalid("cannot write " + path + "; check that the folder is yours and the disk not full");
  return note;
}

ServerNote::ServerNote(ServerNote&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

ServerNote::~ServerNote() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());  // one that stays is held by nobody, so nobody believes it
  ::close(file_);
}

std::string url_of(const std::string& address, std::uint16_t port) {
  std::string host = address;
  if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return "http://" + http::to_string({host, port});
}

std::optional<std::string> running_server(const std::string& data_dir) {
  const auto note = note_of_the_living(data_dir);
  if (!note) return std::nullopt;
  return url_of(note->text("address"), static_cast<std::uint16_t>(note->at("port").as_int()));
}

Result<std::optional<http::OutboundResponse>> call_server(const std::string& data_dir,
                                                          const std::string& path, const std::string& body,
                                                          std::chrono::milliseconds patience,
                                                          const std::string& method) {
  const auto url = running_server(data_dir);
  if (!url) return std::optional<http::OutboundResponse>();
  WAGGLE_TRY(const std::string token, read_file(api::token_file(data_dir)));
  http::OutboundRequest request;
  request.method = method;
  request.url = *url + path;
  request.headers = {{"authorization", "Bearer " + token}, {"content-type", "application/json"}};
  request.body = body;
  request.timeout = patience;
  const auto answer = exchange(std::move(request));
  if (!answer) return std::optional<http::OutboundResponse>();  // killed since we looked
  if (answer->status / 100 == 2) return std::optional(*answer);
  const auto problem = Json::parse(answer->body);
  const std::string why = problem ? problem->at("error").text("message") : answer->body;
  return failed(why.empty() ? "the server at " + *url + " answered " + std::to_string(answer->status) : why);
}

}  // namespace waggle::cli
