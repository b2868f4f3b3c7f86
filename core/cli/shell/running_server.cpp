#include "core/cli/shell/running_server.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include <waggle/json.hpp>

#include "core/api/api.hpp"
#include "core/cli/shell/exchange.hpp"
#include "core/cli/shell/file_text.hpp"

namespace waggle::cli {

Result<ServerNote> ServerNote::leave(const std::string& data_dir, const std::string& address,
                                     std::uint16_t port) {
  const std::string path = api::server_file(data_dir);
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::trunc);
  file << Json{{"pid", getpid()}, {"address", address}, {"port", port}}.dump() << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(draft, path, error);
  if (!file || error)
    return invalid("cannot write " + path + "; check that the folder is yours and the disk not full");
  return ServerNote(path);
}

ServerNote::ServerNote(ServerNote&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }

ServerNote::~ServerNote() {
  std::error_code ignored;  // a note that stays is found to be old by whoever reads it
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

std::string url_of(const std::string& address, std::uint16_t port) {
  std::string host = address;
  if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(port);
}

std::optional<std::string> running_server(const std::string& data_dir) {
  const auto text = read_file(api::server_file(data_dir));
  if (!text) return std::nullopt;
  const auto note = Json::parse(*text);
  if (!note || note->at("port").as_int() <= 0) return std::nullopt;
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
  if (!answer) return std::optional<http::OutboundResponse>();  // the note is from a server that was killed
  if (answer->status / 100 == 2) return std::optional(*answer);
  const auto problem = Json::parse(answer->body);
  const std::string why = problem ? problem->at("error").text("message") : answer->body;
  return failed(why.empty() ? "the server at " + *url + " answered " + std::to_string(answer->status) : why);
}

}  // namespace waggle::cli
