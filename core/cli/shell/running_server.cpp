#include "core/cli/shell/running_server.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <waggle/json.hpp>

#include "core/cli/shell/files.hpp"

namespace waggle::cli {
namespace {

std::string note_path(const std::string& data_dir) { return data_dir + "/server.json"; }

}  // namespace

Result<ServerNote> ServerNote::leave(const std::string& data_dir, const std::string& url) {
  const std::string path = note_path(data_dir);
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::trunc);
  file << Json{{"url", url}}.dump() << '\n';
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

std::optional<std::string> running_server(const std::string& data_dir) {
  const auto text = read_file(note_path(data_dir));
  if (!text) return std::nullopt;
  const auto note = Json::parse(*text);
  if (!note || note->text("url").empty()) return std::nullopt;
  return note->text("url");
}

}  // namespace waggle::cli
