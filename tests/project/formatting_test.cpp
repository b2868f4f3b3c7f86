// Style is not discussed in review: clang-format 14 (Debian 12) decides. Only files that changed since the
// last good look are looked at again.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/project/sources.hpp"

namespace waggle::tests {
namespace {

namespace fs = std::filesystem;

TEST(Formatting, IsWhatClangFormatMakes) {
  if (std::system("clang-format --version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "clang-format is not installed; scripts/deps installs it";
  const fs::path root = WAGGLE_SOURCE_DIR;
  const fs::path stamp = fs::path(WAGGLE_BUILD_DIR) / "formatting-is-good";
  const auto good_since = fs::exists(stamp) ? fs::last_write_time(stamp) : fs::file_time_type::min();
  const auto began = fs::file_time_type::clock::now();
  const bool rules_changed = fs::last_write_time(root / ".clang-format") > good_since;
  std::string files;
  for (const auto& file : sources())
    if (rules_changed || fs::last_write_time(root / file.path) > good_since) files += " '" + file.path + "'";
  if (!files.empty()) {
    const std::string command =
        "cd '" + root.string() + "' && clang-format --dry-run --Werror" + files + " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string out;
    for (char part[4096]; fgets(part, sizeof part, pipe) != nullptr;) out += part;
    ASSERT_EQ(pclose(pipe), 0) << "run clang-format -i on these:\n" << out;
  }
  std::ofstream(stamp) << "";
  fs::last_write_time(stamp, began);
}

}  // namespace
}  // namespace waggle::tests
