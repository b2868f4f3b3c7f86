// What `waggle new` writes works, in every branch of the templates: newcomers copy it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

using testing::HasSubstr;

TEST(NewProject, PassesCheckAndItsFirstFlowRuns) {
  const Folder folder;
  ASSERT_EQ(run_waggle({"new", "project", "my-shop", "--dir", folder.path()}).exit_code, 0);
  const std::string project = folder / "my-shop";
  const Ran checked = run_waggle({"check", project});
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
  const Ran ran = run_waggle({"run", "hello", "--event", project + "/events/hello.json", "--dir", project});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Hello Ada"));
  EXPECT_THAT(content_of(project + "/.gitignore"), HasSubstr("/data/"));
}

TEST(NewProject, OverwritesNothing) {
  const Folder folder;
  folder.write("shop/waggle.yaml", "port: 1\n");
  EXPECT_EQ(run_waggle({"new", "project", "shop", "--dir", folder.path()}).exit_code, 2);
  EXPECT_EQ(content_of(folder / "shop/waggle.yaml"), "port: 1\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "shop/README.md"));
}

class NewFlow : public testing::TestWithParam<const char*> {};

TEST_P(NewFlow, PassesCheckAndRuns) {
  const Folder folder;
  ASSERT_EQ(run_waggle({"new", "project", "p", "--dir", folder.path()}).exit_code, 0);
  const std::string project = folder / "p";
  ASSERT_EQ(run_waggle({"new", "flow", "second", "--when", GetParam(), "--dir", project}).exit_code, 0);
  const Ran checked = run_waggle({"check", project});
  EXPECT_EQ(checked.exit_code, 0) << checked.out;
  EXPECT_THAT(checked.out, HasSubstr("2 flows"));
  const Ran ran = run_waggle({"run", "second", "--dir", project});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
}

INSTANTIATE_TEST_SUITE_P(Templates, NewFlow, testing::Values("webhook", "schedule", "manual"),
                         [](const auto& info) { return std::string(info.param); });

TEST(NewConnector, BuildsAgainstTheInstalledSdkAndIsLoaded) {
  const Folder folder;
  ASSERT_EQ(run_waggle({"new", "connector", "notes", "--dir", folder / "p/plugins-source"}).exit_code, 0);
  const std::string source = folder / "p/plugins-source/notes";
  Ran step = run({"cmake", "--install", WAGGLE_BUILD_DIR, "--component", "sdk", "--prefix", folder / "sdk"});
  ASSERT_EQ(step.exit_code, 0) << step.out << step.err;
  step = run({"cmake", "-S", source, "-B", folder / "build", "-G", "Ninja",
              "-DCMAKE_PREFIX_PATH=" + folder / "sdk"});
  ASSERT_EQ(step.exit_code, 0) << step.out << step.err;
  step = run({"cmake", "--build", folder / "build"});
  ASSERT_EQ(step.exit_code, 0) << step.out << step.err;

  std::filesystem::create_directories(folder / "p/plugins");
  std::filesystem::copy(folder / "build/notes.so", folder / "p/plugins/notes.so");
  std::filesystem::permissions(folder / "p/plugins/notes.so", std::filesystem::perms(0755));
  const Ran shown = run_waggle({"connectors", "show", "notes", "--dir", folder / "p"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("notes.add_note"));
}

}  // namespace
}  // namespace waggle::tests
