#include "core/project/files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "flows/yaml/parse.hpp"

namespace waggle::project {
namespace {

/// Ids stand in URLs, in file names and before a dot; so no more than these.
bool is_flow_id(std::string_view id) {
  return !id.empty() && id.size() <= 100 && std::isalnum(static_cast<unsigned char>(id.front())) &&
         std::all_of(id.begin(), id.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

}  // namespace

Result<std::optional<std::string>> read_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return invalid(std::string("it cannot be read: ") + std::strerror(errno) + "; check its permissions",
                   "unreadable_file");
  }
  if (!S_ISREG(status.st_mode)) return invalid("it is no plain file; remove or rename it", "unreadable_file");
  // One byte more than allowed, so that the parser can say that it is too big. No more than the file has: the
  // texts of all flows are kept.
  const auto most =
      std::min<std::uintmax_t>(static_cast<std::uintmax_t>(status.st_size), flows::yaml::max_file_bytes);
  std::string text(static_cast<std::size_t>(most) + 1, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file) return invalid("it cannot be read; check its permissions", "unreadable_file");
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return std::optional<std::string>(std::move(text));
}

std::string flow_file(std::string_view id) { return "flows/" + std::string(id) + ".yaml"; }

FlowFiles read_flow_files(const std::string& dir) {
  FlowFiles files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(dir + "/flows", none)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    std::string shown = "flows/" + name;
    if (name.ends_with(".yml")) {
      files.problems.push_back({{shown},
                                flows::Severity::warning,
                                "not_a_flow",
                                "this file is not read",
                                "rename it to end in .yaml"});
      continue;
    }
    if (!name.ends_with(".yaml")) continue;
    std::string id = name.substr(0, name.size() - 5);
    if (!is_flow_id(id)) {
      files.problems.push_back({{shown},
                                flows::Severity::error,
                                "bad_flow_id",
                                "a flow's file name is its id, and this is none",
                                "use letters, digits, - and _ (at most 100), like new-order.yaml"});
      continue;
    }
    auto text = read_file(entry.path().string());
    if (!text)
      files.problems.push_back(
          {{shown}, flows::Severity::error, text.error().code, text.error().message, {}});
    else if (*text)
      files.texts.emplace(std::move(id), std::move(**text));
  }
  return files;
}

}  // namespace waggle::project
