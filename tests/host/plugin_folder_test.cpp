#include <sys/resource.h>

#include <memory>

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
  PluginFolder plugins({folder.path()}, cache.path());
  EXPECT_TRUE(plugins.current()->plugins().empty());
  EXPECT_TRUE(fs::is_empty(cache.path())) << "its plugins were tried all the same";
  ASSERT_EQ(plugins.current()->problems().size(), 1u);
  EXPECT_NE(plugins.current()->problems()[0].line().find("everybody may write to this folder"),
            std::string::npos);
  EXPECT_TRUE(plugins.current()->problems()[0].may_pass);
  fs::permissions(folder.path(), fs::perms(0755));
  EXPECT_NE(plugins.rescan()->find("zoo"), nullptr);
  EXPECT_TRUE(plugins.current()->problems().empty());
}

TEST_F(Folder, ThatBecomesWritableKeepsWhatIsLoadedAndTakesNothingNew) {
  put(folder / "zoo.so", good);
  PluginFolder plugins({folder.path()}, cache.path());
  const auto plugin = plugins.current()->find("zoo");
  fs::permissions(folder.path(), fs::perms(0777));
  put(folder / "frozen.so", frozen);
  const auto writable = plugins.rescan();
  EXPECT_EQ(writable->find("zoo"), plugin);
  EXPECT_EQ(writable->find("frozen"), nullptr);
  ASSERT_EQ(writable->problems().size(), 1u);
  EXPECT_NE(writable->problems()[0].line().find("what was loaded before stays in use"), std::string::npos);
  EXPECT_EQ(plugins.rescan(), writable) << "nothing changed";
  fs::permissions(folder.path(), fs::perms(0755));
  EXPECT_NE(plugins.rescan()->find("frozen"), nullptr);
  EXPECT_EQ(plugins.current()->find("zoo"), plugin);
}

TEST_F(Folder, TriesAgainWhatFailedForWantOfRoomForACopy) {
  put(folder / "zoo.so", good);
  put(folder / "broken.so", "not a library");
  { const PluginFolder elsewhere({folder.path()}, cache / "one"); }
  const fs::path copy = fs::directory_iterator(cache / "one")->path().filename();
  fs::create_directories(cache / "two" / copy);  // where the copy would go
  PluginFolder plugins({folder.path()}, cache / "two");
  EXPECT_EQ(plugins.current()->find("zoo"), nullptr);
  ASSERT_EQ(plugins.current()->problems().size(), 2u);
  EXPECT_FALSE(plugins.current()->problems()[0].may_pass) << "the file itself must change";
  EXPECT_TRUE(plugins.current()->problems()[1].may_pass);
  EXPECT_EQ(plugins.rescan()->find("zoo"), nullptr);
  fs::remove_all(cache / "two" / copy);
  EXPECT_NE(plugins.rescan()->find("zoo"), nullptr);
  EXPECT_EQ(plugins.current()->problems().size(), 1u);
}

/// While it lives, this process can open so many files more, and no others.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    struct rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next) + more;
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;

 private:
  struct rlimit before_ {};
};

TEST_F(Folder, TriesAgainWhatFailedForWantOfDescriptors) {
  put(folder / "zoo.so", good);
  for (const rlim_t left : {rlim_t{1}, rlim_t{0}}) {  // enough to read it and not for a child; none at all
    std::unique_ptr<PluginFolder> plugins;
    {
      const FewDescriptors few(left);
      plugins = std::make_unique<PluginFolder>(std::vector<std::string>{folder.path()}, cache.path());
    }
    EXPECT_EQ(plugins->current()->find("zoo"), nullptr);
    ASSERT_EQ(plugins->current()->problems().size(), 1u) << left;
    EXPECT_TRUE(plugins->current()->problems()[0].may_pass) << plugins->current()->problems()[0].line();
    const auto plugin = plugins->rescan()->find("zoo");
    EXPECT_NE(plugin, nullptr);
    {
      const FewDescriptors few(0);
      EXPECT_EQ(plugins->rescan()->find("zoo"), plugin) << "a folder that cannot be read is not empty";
      EXPECT_EQ(plugins->current()->problems().size(), 1u);
    }
    EXPECT_TRUE(plugins->rescan()->problems().empty());
  }
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
