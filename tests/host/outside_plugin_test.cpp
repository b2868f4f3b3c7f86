// A plugin from outside: built with clang++ against the SDK as installed, dropped in, called, replaced while
// a call is under way.
#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "plugins/host/plugin_folder.hpp"
#include "tests/host/folders.hpp"

namespace waggle::host {
namespace {

/// Runs a command line; the output is shown when it fails.
bool run(const std::string& command) {
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (!pipe) return false;
  std::string output;
  std::array<char, 4096> piece{};
  for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
    output.append(piece.data(), got);
  if (::pclose(pipe) == 0) return true;
  ADD_FAILURE() << command << "\n" << output;
  return false;
}

std::string build(const TemporaryFolder& work, const std::string& version) {
  const std::string folder = work / ("build-" + version);
  const bool built = run("cmake -S " WAGGLE_SOURCE_DIR "/tests/host/outside_plugin -G Ninja -B " + folder +
                         " -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_PREFIX_PATH=" + (work / "sdk") +
                         " -DGREETER_VERSION=" + version) &&
                     run("cmake --build " + folder);
  return built ? bytes_of(folder + "/greeter.so") : "";
}

constexpr auto act = R"({"operation":"act","action":"greet","input":{"name":"Ann"},"attempt":1})";
constexpr auto answer = R"({"status":200,"headers":[]})";

TEST(OutsidePlugin, BuiltWithClangAgainstTheInstalledSdkLoadsRunsAndIsReplaced) {
  if (std::system("clang++ --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "there is no clang++ here";
  const TemporaryFolder work, folder, cache;
  ASSERT_TRUE(run("cmake --install " WAGGLE_BUILD_DIR " --component sdk --prefix " + (work / "sdk")));
  const std::string one = build(work, "1"), two = build(work, "2");
  ASSERT_FALSE(one.empty() || two.empty());

  put(folder / "greeter.so", one);
  PluginFolder plugins({folder.path()}, cache.path());
  ASSERT_TRUE(plugins.current()->problems().empty()) << plugins.current()->problems()[0].line();
  auto first = plugins.current()->find("greeter")->start({act, ""});
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->step.status, Status::effect);
  EXPECT_EQ(first->step.message.body, R"({"to":"Ann","version":"1"})");

  put(folder / "greeter.so", two);
  const auto registry = plugins.rescan();
  ASSERT_TRUE(registry->problems().empty());
  EXPECT_EQ(registry->find("greeter")->spec().version, "2");
  auto second = registry->find("greeter")->start({act, ""});
  EXPECT_EQ(second->step.message.body, R"({"to":"Ann","version":"2"})");

  const Step old_end = first->operation->step({answer, R"({"text":"hi Ann"})"});
  EXPECT_EQ(old_end.message.head, R"({"output":{"said":"hi Ann","version":"1","digest":"ba7816bf"}})");
  const Step new_end = second->operation->step({answer, R"({"text":"hello Ann"})"});
  EXPECT_EQ(new_end.message.head, R"({"output":{"said":"hello Ann","version":"2","digest":"ba7816bf"}})");
}

TEST(OutsidePlugin, ExportsOneSymbol) {
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(WAGGLE_SOURCE_DIR "/connectors")) {
    if (!entry.is_directory()) continue;
    const std::string so = WAGGLE_PLUGIN_DIR "/" + entry.path().filename().string() + ".so";
    ASSERT_TRUE(fs::exists(so)) << so;
    EXPECT_TRUE(run("test \"$(nm -D --defined-only " + so +
                    " | awk '{print $3}')\" = waggle_plugin_entry || { nm -D --defined-only " + so +
                    "; exit 1; }"));
    ++seen;
  }
  EXPECT_GE(seen, 5) << "the test looks at the wrong folder";
}

}  // namespace
}  // namespace waggle::host
