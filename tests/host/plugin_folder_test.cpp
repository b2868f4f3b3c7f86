#include <gtest/gtest.h>

#include "plugins/host/plugin_folder.hpp"
#include "tests/host/folders.hpp"

namespace waggle::host {
namespace {

class Folder : public testing::Test {
 protected:
  const TemporaryFolder folder, second, cache;
  const std::string good = bytes_of(zoo("good"));
  const std::string frozen = bytes_of(zoo("frozen_1_0"));
};

TEST_F(Folder, ThatDoesNotExistIsEmpty) {
  const PluginFolder plugins({folder / "nothing"}, cache.path());
  EXPECT_TRUE(plugins.current()->plugins().empty());
  EXPECT_TRUE(plugins.current()->problems().empty());
}

TEST_F(Folder, GivesTheSameRegistryWhileNothingChanges) {
  put(folder / "zoo.so", good);
  PluginFolder plugins({folder.path()}, cache.path());
  const auto before = plugins.current();
  EXPECT_EQ(plugins.rescan(), before);
  put(folder / "notes.txt", "not a plugin");
  put(folder / ".hidden.so", "not looked at");
  EXPECT_EQ(plugins.rescan(), before);
}

TEST_F(Folder, FindsWhatIsDroppedInAndForgetsWhatIsTakenAway) {
  PluginFolder plugins({folder.path()}, cache.path());
  put(folder / "zoo.so", good);
  const auto with = plugins.rescan();
  ASSERT_NE(with->find("zoo"), nullptr);
  EXPECT_EQ(with->find("zoo")->file(), folder / "zoo.so");
  EXPECT_EQ(with->find("nothing"), nullptr);
  fs::remove(folder / "zoo.so");
  EXPECT_EQ(plugins.rescan()->find("zoo"), nullptr);
  EXPECT_NE(with->find("zoo"), nullptr) << "whoever holds the old registry keeps it";
}

TEST_F(Folder, KeepsTheOldPluginWhenAReplacementIsBad) {
  put(folder / "zoo.so", good);
  PluginFolder plugins({folder.path()}, cache.path());
  const auto plugin = plugins.current()->find("zoo");
  put(folder / "zoo.so", good.substr(0, good.size() / 2));
  const auto after = plugins.rescan();
  EXPECT_EQ(after->find("zoo"), plugin);
  ASSERT_EQ(after->problems().size(), 1u);
  EXPECT_NE(after->problems()[0].line().find("the version that was loaded before stays in use"),
            std::string::npos);
  put(folder / "zoo.so", good);
  const auto mended = plugins.rescan();
  EXPECT_TRUE(mended->problems().empty());
  EXPECT_EQ(mended->find("zoo"), plugin) << "the same bytes are not loaded again";
}

TEST_F(Folder, SeesThatRightsWereMended) {
  put(folder / "zoo.so", good, fs::perms(0666));
  PluginFolder plugins({folder.path()}, cache.path());
  EXPECT_EQ(plugins.current()->problems().size(), 1u);
  fs::permissions(folder / "zoo.so", fs::perms(0644));
  EXPECT_NE(plugins.rescan()->find("zoo"), nullptr);
}

TEST_F(Folder, OfTheProjectGoesBeforeTheBundledOne) {
  put(folder / "zoo.so", good);
  put(second / "mine.so", bytes_of(zoo("newer_minor")));  // says it is `zoo` too
  const PluginFolder plugins({folder.path(), second.path()}, cache.path());
  EXPECT_EQ(plugins.current()->find("zoo")->file(), second / "mine.so");
  EXPECT_TRUE(plugins.current()->problems().empty());
}

TEST_F(Folder, TakesOneOfTwoWithTheSameId) {
  put(folder / "a.so", good);
  put(folder / "b.so", bytes_of(zoo("newer_minor")));
  const PluginFolder plugins({folder.path()}, cache.path());
  EXPECT_EQ(plugins.current()->find("zoo")->file(), folder / "a.so");
  ASSERT_EQ(plugins.current()->problems().size(), 1u);
  EXPECT_NE(
      plugins.current()->problems()[0].line().find("the connector zoo is already in " + (folder / "a.so")),
      std::string::npos);
}

TEST_F(Folder, ThatEverybodyMayWriteToIsNotUsed) {
  put(folder / "zoo.so", good);
  fs::permissions(folder.path(), fs::perms(0777));
  const PluginFolder plugins({folder.path()}, cache.path());
  EXPECT_TRUE(plugins.current()->plugins().empty());
  ASSERT_EQ(plugins.current()->problems().size(), 1u);
  EXPECT_NE(plugins.current()->problems()[0].line().find("everybody may write to this folder"),
            std::string::npos);
}

TEST_F(Folder, OverwrittenInPlaceDoesNotHurtWhatRuns) {
  put(folder / "zoo.so", good);
  PluginFolder plugins({folder.path()}, cache.path());
  auto started = plugins.current()->find("zoo")->start({"{}", ""});
  std::ofstream(folder / "zoo.so", std::ios::binary) << frozen;  // truncates and writes: the same file
  EXPECT_EQ(started->operation->step({"{}", ""}).message.head, R"({"output":"hello"})");
  const auto after = plugins.rescan();
  EXPECT_EQ(after->find("zoo"), nullptr);
  EXPECT_NE(after->find("frozen"), nullptr);
}

TEST_F(Folder, UnloadsAPluginOnlyWhenItsLastOperationIsGone) {
  put(folder / "zoo.so", good);
  PluginFolder plugins({folder.path()}, cache.path());
  auto started = plugins.current()->find("zoo")->start({"{}", ""});
  fs::remove(folder / "zoo.so");
  plugins.rescan();
  EXPECT_EQ(started->operation->step({"{}", ""}).status, Status::done);
}

}  // namespace
}  // namespace waggle::host
