// The zoo: whatever is wrong with a plugin, it costs one clear line.
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "plugins/host/load.hpp"
#include "plugins/host/plugin_folder.hpp"
#include "tests/host/folders.hpp"

namespace waggle::host {
namespace {

void expect_one_clear_line(const Result<std::shared_ptr<const Plugin>>& loaded, Next next,
                           const std::string& words, const std::string& what) {
  ASSERT_FALSE(loaded.ok()) << what << " was loaded";
  EXPECT_EQ(loaded.error().next, next) << what;
  EXPECT_NE(loaded.error().message.find(words), std::string::npos) << what << ": " << loaded.error().message;
  EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos) << what << ": " << loaded.error().message;
}

struct Animal {
  const char* name;
  Next next;
  const char* words;
};

class AnimalsThatDoNotLoad : public testing::TestWithParam<Animal> {};

TEST_P(AnimalsThatDoNotLoad, CostOneClearLine) {
  const TemporaryFolder cache;
  const auto& [name, next, words] = GetParam();
  ASSERT_TRUE(fs::exists(zoo(name)));
  expect_one_clear_line(load_plugin(zoo(name), cache.path()), next, words, name);
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, AnimalsThatDoNotLoad,
    testing::Values(Animal{"wrong_magic", Next::bug, "wrong magic number"},
                    Animal{"too_new", Next::invalid,
                           "built for version 2.0 of the plugin boundary, and this Waggle has 1.0"},
                    Animal{"short_struct", Next::bug, "says it has 40 bytes, but version 1.0 has 48"},
                    Animal{"no_callback", Next::bug, "lacks one of describe, start, step and drop"},
                    Animal{"no_struct", Next::bug, "waggle_plugin_entry returned nothing"},
                    Animal{"throws_on_load", Next::bug, "it crashes while it is loaded"},
                    Animal{"crashes_on_load", Next::bug, "it crashes while it is loaded"},
                    Animal{"throws_in_entry", Next::bug, "entry went wrong"},
                    Animal{"throws_in_describe", Next::bug, "describe went wrong"},
                    Animal{"crashes_in_describe", Next::bug,
                           "it crashes while it is loaded or describes itself (Segmentation fault)"},
                    Animal{"hangs_in_describe", Next::bug, "does not come back within 5 s"},
                    Animal{"exits_in_describe", Next::bug, "ends the process"},
                    Animal{"describes_nothing", Next::bug, "describe answered nothing"},
                    Animal{"describes_nonsense", Next::bug,
                           "describe answered what is not valid JSON at 1:1"},
                    Animal{"describes_a_bad_type", Next::bug,
                           "action \"greet\", inputs \"x\": there is no type \"texte\""},
                    Animal{"reports_its_own_error", Next::bug, "action x has no function"},
                    Animal{"exports_nothing", Next::bug, "it exports no waggle_plugin_entry"},
                    Animal{"lacks_a_symbol", Next::bug, "undefined symbol: a_function_that_nobody_has"}),
    [](const auto& info) { return std::string(info.param.name); });

class AnimalsThatMisbehave : public testing::TestWithParam<Animal> {};

TEST_P(AnimalsThatMisbehave, BecomeAnErrorThatNamesThem) {
  const TemporaryFolder cache;
  const auto& [name, next, words] = GetParam();
  const auto plugin = load_plugin(zoo(name), cache.path());
  ASSERT_TRUE(plugin.ok()) << plugin.error().message;
  auto started = (*plugin)->start({"{}", ""});
  Error error;
  if (!started.ok()) {
    error = started.error();
  } else {
    Step step = std::move(started->step);
    if (step.status == Status::effect) step = started->operation->step({"{}", ""});
    ASSERT_EQ(step.status, Status::error);
    error = step.error;
    EXPECT_EQ(started->operation->step({"{}", ""}).error.code, "ended");
  }
  EXPECT_EQ(error.next, next);
  EXPECT_NE(error.message.find(words), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("the plugin zoo (" + zoo(name) + ")"), std::string::npos) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, AnimalsThatMisbehave,
    testing::Values(Animal{"throws_in_start", Next::bug, "start went wrong"},
                    Animal{"throws_an_int_in_start", Next::bug, "threw something across the C boundary"},
                    Animal{"throws_in_step", Next::bug, "step went wrong"},
                    Animal{"gives_no_operation", Next::bug, "gave back none"},
                    Animal{"answers_a_bad_status", Next::bug, "the status 77, which means nothing"},
                    Animal{"answers_a_null_head", Next::bug, "a message that cannot be read"},
                    Animal{"answers_a_huge_head", Next::bug, "a message that cannot be read"},
                    Animal{"answers_no_json", Next::bug, "a head that is not valid JSON"},
                    Animal{"answers_an_array", Next::bug, "a head that is no JSON object"},
                    Animal{"errs_without_next", Next::bug, "an error of no known kind"}),
    [](const auto& info) { return std::string(info.param.name); });

class AnimalsThatWork : public testing::TestWithParam<const char*> {};

TEST_P(AnimalsThatWork, AnswerTheirAction) {
  const TemporaryFolder cache;
  const auto plugin = load_plugin(zoo(GetParam()), cache.path());
  ASSERT_TRUE(plugin.ok()) << plugin.error().message;
  auto started = (*plugin)->start({R"({"operation":"act","action":"greet"})", ""});
  ASSERT_TRUE(started.ok());
  ASSERT_EQ(started->step.status, Status::effect);
  const Step step = started->operation->step({"{}", ""});
  ASSERT_EQ(step.status, Status::done);
  EXPECT_TRUE(Json::parse(step.message.head)->contains("output"));
  started->operation.reset();  // `throws_in_drop` throws here, and nobody is hurt
}

INSTANTIATE_TEST_SUITE_P(Zoo, AnimalsThatWork,
                         testing::Values("good", "newer_minor", "prepares_in_describe", "throws_in_drop",
                                         "frozen_1_0"),
                         [](const auto& info) { return std::string(info.param); });

class BadFiles : public testing::Test {
 protected:
  void refuse(const std::string& words) {
    expect_one_clear_line(load_plugin(file, cache.path()), Next::invalid, words, words);
  }

  const TemporaryFolder folder, cache;
  const std::string file = folder / "x.so";
  const std::string good = bytes_of(zoo("good"));
};

TEST_F(BadFiles, ATextIsRefused) {
  put(file, "#!/bin/sh\necho hello\n");
  refuse("it is no shared library (no ELF file)");
}

TEST_F(BadFiles, AnEmptyFileIsRefused) {
  put(file, "");
  refuse("it is no shared library (no ELF file)");
}

TEST_F(BadFiles, ATruncatedLibraryIsRefusedAtEveryLength) {
  for (std::size_t length = 8; length < good.size(); length += good.size() / 16 + 1) {
    put(file, good.substr(0, length));
    refuse("it has lost its end");
  }
  put(file, good.substr(0, good.size() - 1));
  refuse("it has lost its end");
}

TEST_F(BadFiles, ALibraryForAnotherMachineIsRefused) {
  std::string other = good;
  other[18] = 2;  // e_machine: SPARC
  other[19] = 0;
  put(file, other);
  refuse("built for another machine");
}

TEST_F(BadFiles, AProgramIsRefused) {
  std::string program = good;
  program[16] = 2;  // e_type: ET_EXEC
  put(file, program);
  refuse("no shared library");
}

TEST_F(BadFiles, AFileThatOthersMayWriteIsRefused) {
  for (const int rights : {0666, 0664, 0646}) {
    put(file, good, fs::perms(rights));
    refuse("others may write to it");
  }
  put(file, good, fs::perms(0755));
  EXPECT_TRUE(load_plugin(file, cache.path()).ok());
}

TEST_F(BadFiles, ALinkAFolderAndAPipeAreRefused) {
  fs::create_symlink(zoo("good"), file);
  refuse("it is a symbolic link");
  fs::remove(file);
  fs::create_directory(file);
  refuse("it is no regular file");
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  refuse("it is no regular file");
}

TEST_F(BadFiles, AMissingFileIsSaid) { refuse("it cannot be read: No such file"); }

TEST_F(BadFiles, ADamagedCopyInTheCacheIsMadeAnew) {
  put(file, good);
  const std::string hash = (*load_plugin(file, cache.path()))->content_hash();
  const std::string copy = cache / (hash + ".so");
  put(copy, good.substr(0, 100), fs::perms(0500));
  EXPECT_TRUE(load_plugin(file, cache.path()).ok());
  EXPECT_EQ(bytes_of(copy), good);
}

TEST_F(BadFiles, APluginWhoseCopyIsGoneBeforeItIsNeededSaysSoAndWorksWhenItIsBack) {
  put(file, good);
  const auto plugin = load_plugin(file, cache.path());
  ASSERT_TRUE(plugin.ok()) << plugin.error().message;
  const std::string copy = cache / ((*plugin)->content_hash() + ".so");
  fs::rename(copy, copy + ".away");
  const Message act{R"({"operation":"act","action":"greet"})", ""};
  const auto refused = (*plugin)->start(act);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().next, Next::retry);
  EXPECT_NE(refused.error().message.find(file), std::string::npos) << refused.error().message;
  fs::rename(copy + ".away", copy);
  EXPECT_TRUE((*plugin)->start(act).ok());
}

TEST_F(BadFiles, ACacheThatCannotBeMadeIsSaid) {
  put(file, good);
  put(folder / "taken", "");
  expect_one_clear_line(load_plugin(file, folder / "taken"), Next::invalid,
                        "the folder for copies of plugins", "cache");
}

TEST(Zoo, AsAFolderOfTheEngineGivesOneLineEach) {
  const TemporaryFolder cache;
  const TemporaryFolder folder;
  std::size_t bad = 0;
  for (const auto& entry : fs::directory_iterator(WAGGLE_BUILD_DIR "/tests/zoo")) {
    if (entry.path().extension() != ".so" || entry.path().stem() == "hangs_in_describe") continue;
    put(folder / entry.path().filename(), bytes_of(entry.path()));
    ++bad;
  }
  const PluginFolder plugins({folder.path()}, cache.path());
  const auto registry = plugins.current();
  ASSERT_NE(registry->find("frozen"), nullptr);
  ASSERT_NE(registry->find("zoo"), nullptr);
  EXPECT_EQ(registry->plugins().size(), 2u);
  EXPECT_EQ(registry->problems().size(), bad - 2) << "each file but the two in use has its line";
  for (const auto& problem : registry->problems())
    EXPECT_EQ(problem.line().find('\n'), std::string::npos) << problem.line();
}

}  // namespace
}  // namespace waggle::host
