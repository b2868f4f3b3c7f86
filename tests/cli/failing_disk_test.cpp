// A disk that does not confirm what was written: the real program answers nobody any more, says why, and
// ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <waggle/json.hpp>

#include "tests/cli/poster.hpp"
#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

TEST(FailingDisk, EndsTheServerLoudlyAndLosesNothing) {
  const Folder folder;
  folder.write("p/flows/in.yaml",
               "waggle: 1\nwhen: { webhook: { path: /in, verify: { preset: none } } }\n"
               "steps: [ { log: hello } ]\n");
  const Environment environment = {{"LD_PRELOAD", WAGGLE_BUILD_DIR "/tests/libfailing_sync.so"},
                                   {"WAGGLE_TEST_SYNC_FAILS", folder / "fails"},
                                   {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
  Background server({"up", folder / "p", "--listen", "127.0.0.1:0"}, environment);
  ASSERT_FALSE(server.address().empty()) << server.err();
  {
    Poster poster(server.address() + "/in");
    for (const auto& answer : poster.post(std::vector<std::string>(20, R"({"n":1})")))
      ASSERT_EQ(answer.status / 100, 2);
    folder.write("fails", "");
    for (const auto& answer : poster.post(std::vector<std::string>(20, R"({"n":2})")))
      EXPECT_NE(answer.status / 100, 2) << "acknowledged without a sync";
  }
  constexpr int just_look = 0;
  EXPECT_EQ(server.stop(just_look), 74) << "it ends by itself";
  EXPECT_THAT(server.err(), testing::HasSubstr("the disk did not confirm a write"));
  EXPECT_THAT(server.err(), testing::HasSubstr("the store must stop, and this process with it"));

  const Background again({"up", folder / "p", "--listen", "127.0.0.1:0"});
  ASSERT_FALSE(again.address().empty()) << again.err();
  const Ran listed = run_waggle({"events", "--dir", folder / "p", "--limit", "100", "--json"});
  EXPECT_GE(Json::parse(listed.out)->size(), 20u) << listed.out << listed.err;
}

}  // namespace
}  // namespace waggle::tests
