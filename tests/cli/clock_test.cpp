// The real program under a wall clock that jumps by ten years, back and forth (libfaketime): it goes on,
// retries in its time, and no schedule fires twice. The monotonic clock stays true, as it does on a real
// machine.
#include <gtest/gtest.h>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

const std::string faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

TEST(WallClock, JumpsByTenYearsAndHarmsNothing) {
  if (!std::filesystem::exists(faketime))
    GTEST_SKIP() << "NOT TESTED: " << faketime << " is not installed (Debian package faketime)";
  const Folder folder;
  const auto set_clock = [&](const std::string& offset) { folder.write("clock", offset + "\n"); };
  set_clock("+0");
  std::string url;
  {
    const Background gone({"catch", "--port", "0"});
    url = gone.address();
  }
  folder.write("p/flows/talk.yaml",
               "waggle: 1\nwhen: { webhook: { path: /talk, verify: { preset: none } } }\nsteps:\n  - "
               "http.post: { url: \"" +
                   url + "/said\", json: \"${event}\" }\n    retry: { tries: 60, first: 1s, max: 1s }\n");
  folder.write("p/flows/daily.yaml",
               "waggle: 1\nwhen: { schedule: { every: 1d, missed: once } }\nsteps: [ { log: a day } ]\n");
  const std::string event = folder.write("p/event.json", R"({"who":"Ada"})");
  Background server({"up", folder / "p", "--listen", "127.0.0.1:0"},
                    {{"LD_PRELOAD", faketime},
                     {"FAKETIME_TIMESTAMP_FILE", folder / "clock"},
                     {"FAKETIME_NO_CACHE", "1"},
                     {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                     {"DONT_FAKE_MONOTONIC", "1"}});
  ASSERT_FALSE(server.address().empty()) << server.err();
  const auto beside = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--dir", folder / "p"});
    return run_waggle(arguments);
  };
  const auto runs = [&](const std::string& flow, const std::string& state) {
    const auto list = Json::parse(beside({"runs", "--flow", flow, "--state", state, "--json"}).out);
    return list.ok() ? list->size() : 0;
  };
  const auto send = [&] { return beside({"send", "talk", event}).exit_code; };

  EXPECT_EQ(send(), 0);  // its first try fails: nobody is there yet
  ASSERT_TRUE(eventually([&] {
    const auto list = Json::parse(beside({"runs", "--flow", "talk", "--json"}).out);
    if (!list.ok() || list->size() == 0) return false;
    const auto shown = Json::parse(beside({"show", list->at(std::size_t{0}).text("id"), "--json"}).out);
    return shown.ok() && shown->at("attempts").size() > 0;
  })) << server.err();
  set_clock("-3650d");
  const Background back({"catch", "--port", url.substr(url.rfind(':') + 1)});
  EXPECT_TRUE(eventually([&] { return runs("talk", "succeeded") == 1; }))
      << "a pause between tries is not made longer\n"
      << server.err();
  EXPECT_EQ(send(), 0);
  EXPECT_TRUE(eventually([&] { return runs("talk", "succeeded") == 2; })) << server.err();
  set_clock("+3650d");
  EXPECT_EQ(send(), 0);
  EXPECT_TRUE(eventually([&] { return runs("talk", "succeeded") == 3; })) << server.err();
  const auto newest = Json::parse(beside({"runs", "--flow", "talk", "--json"}).out);
  ASSERT_TRUE(newest.ok());
  EXPECT_GT(newest->at(std::size_t{0}).text("created_at").substr(0, 4), "2033") << "the clock did not jump";
  set_clock("+0");
  EXPECT_EQ(send(), 0);
  EXPECT_TRUE(eventually([&] { return runs("talk", "succeeded") == 4; })) << server.err();
  EXPECT_LE(runs("daily", "succeeded"), 1u) << "ten years of missed days are one run, and none is repeated";
  EXPECT_EQ(server.stop(), 0) << server.err();
}

}  // namespace
}  // namespace waggle::tests
