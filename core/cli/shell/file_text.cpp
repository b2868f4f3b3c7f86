#include "core/cli/shell/file_text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <system_error>

namespace waggle::cli {
namespace {

std::string all_of(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return invalid(path + " is a folder; give the file in it");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return invalid("cannot read " + path + ": " + std::strerror(errno) + "; check the path");
  return all_of(file);
}

Result<std::string> read_input(const std::string& path, std::istream& in) {
  return path == "-" ? Result<std::string>(all_of(in)) : read_file(path);
}

Result<void> write_new_file(const std::string& path, const std::string& content) {
  std::error_code error;
  if (std::filesystem::exists(path, error))
    return invalid(path + " is there already; nothing was overwritten. Choose another name");
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.flush();
  if (!file)
    return invalid("cannot write " + path + "; check that the folder is yours and the disk not full");
  return {};
}

}  // namespace waggle::cli
