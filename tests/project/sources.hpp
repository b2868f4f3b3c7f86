// The project's own source files, as the structure tests see them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace waggle::tests {

struct SourceFile {
  std::string path;  ///< from the root, with /
  std::vector<std::string> lines;

  bool in(const std::string& folder) const { return path.starts_with(folder + "/"); }
  bool is_header() const { return path.ends_with(".hpp") || path.ends_with(".h"); }
  std::string name() const { return std::filesystem::path(path).filename(); }
};

/// All C and C++ files of the rooms, templates of `waggle new` left out (they are other people's files).
inline const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> all = [] {
    const std::filesystem::path root = WAGGLE_SOURCE_DIR;
    std::vector<SourceFile> files;
    for (const char* room : {"core", "flows", "plugins", "connectors", "tests"})
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root / room)) {
        const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
        const std::string extension = entry.path().extension();
        const bool code = extension == ".cpp" || extension == ".hpp" || extension == ".ipp" ||
                          extension == ".h" || extension == ".c";
        if (!entry.is_regular_file() || !code || path.starts_with("core/cli/templates/")) continue;
        SourceFile file{path, {}};
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) file.lines.push_back(line);
        files.push_back(std::move(file));
      }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
  }();
  return all;
}

}  // namespace waggle::tests
