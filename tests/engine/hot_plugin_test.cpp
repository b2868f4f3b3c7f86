// A plugin that appears, changes and breaks while the engine runs.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/engine/harness.hpp"

namespace waggle::engine::test {
namespace {

std::string built(const std::string& version) {
  return WAGGLE_BUILD_DIR "/tests/dropped-plugins/dropped_" + version + ".so";
}

TEST(DroppedPlugin, IsCalledByTheNextEventAndReplacedWithoutRestart) {
  Receiver receiver;
  Waggle waggle;
  std::filesystem::create_directories(waggle.dir() + "/plugins");
  const std::string file = waggle.dir() + "/plugins/dropped.so";
  waggle.write("flows/in.yaml",
               "waggle: 1\nwhen: { probe: { path: /in } }\nsteps:\n  - dropped.answer: {}\n    as: got\n"
               "  - probe.call: { url: \"" +
                   receiver.url() + "\", body: \"${got.version}\" }\n");
  waggle.start();
  EXPECT_EQ(waggle.post("/in", "{}").status, 404) << "the flow names a connector that is not there yet";

  const auto last_is = [&](const std::string& body) {
    return eventually([&] {
      waggle.post("/in", "{}");
      return receiver.count() > 0 && receiver.requests().back().body == body;
    });
  };
  std::filesystem::copy_file(built("v1"), file);
  EXPECT_TRUE(last_is("\"1\""));
  std::filesystem::copy_file(built("v2"), file + ".new");
  std::filesystem::rename(file + ".new", file);
  EXPECT_TRUE(last_is("\"2\""));

  std::ofstream(file, std::ios::trunc) << "not a library";
  waggle.engine().reload();
  const std::size_t before = receiver.count();
  EXPECT_EQ(waggle.post("/in", "{}").status, 202) << "a broken replacement leaves the old plugin in place";
  EXPECT_TRUE(eventually([&] { return receiver.count() > before; }));
}

}  // namespace
}  // namespace waggle::engine::test
