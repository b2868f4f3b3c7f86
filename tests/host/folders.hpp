// Temporary folders and the built animals, for the host's tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

namespace waggle::host {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "waggle-host-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }

 private:
  fs::path path_;
};

inline std::string zoo(const std::string& animal) { return WAGGLE_BUILD_DIR "/tests/zoo/" + animal + ".so"; }

inline std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// As a careful person installs a file: complete under another name, then renamed.
inline void put(const std::string& file, const std::string& bytes, fs::perms rights = fs::perms(0644)) {
  const std::string part = file + ".part";
  std::ofstream(part, std::ios::binary) << bytes;
  fs::permissions(part, rights);
  fs::rename(part, file);
}

}  // namespace waggle::host
