// `waggle backup` and `waggle restore` beside the real server, under load; `prune` and `doctor`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <waggle/json.hpp>

#include "tests/cli/poster.hpp"
#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

using testing::HasSubstr;

class Backup : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("p/flows/in.yaml",
                  "waggle: 1\nwhen: { webhook: { path: /in, verify: { preset: none } } }\n"
                  "steps: [ { log: hello } ]\n");
    start();
  }
  void start() {
    server_ =
        std::make_unique<Background>(std::vector<std::string>{"up", project(), "--listen", "127.0.0.1:0"});
    ASSERT_FALSE(server_->address().empty()) << server_->err();
    poster_ = std::make_unique<Poster>(server_->address() + "/in");
  }
  std::string project() const { return folder_ / "p"; }
  Ran beside(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--dir", project()});
    return run_waggle(arguments);
  }
  std::size_t stored(const std::string& data) const {
    const Ran ran = run_waggle({"events", "--dir", project(), "--data", data, "--limit", "10000", "--json"});
    const auto list = Json::parse(ran.out);
    EXPECT_TRUE(list.ok()) << ran.out << ran.err;
    return list.ok() ? list->size() : 0;
  }
  static std::string body() { return R"({"text":")" + std::string(4000, 'x') + "\"}"; }
  std::size_t send(int rounds) {
    std::size_t acked = 0;
    for (int i = 0; i < rounds; ++i)
      for (const auto& answer : poster_->post(std::vector<std::string>(16, body())))
        acked += answer.status / 100 == 2 ? 1 : 0;
    return acked;
  }

  const Folder folder_;
  std::unique_ptr<Background> server_;
  std::unique_ptr<Poster> poster_;
};

TEST_F(Backup, UnderLoadHasWhatWasAcknowledgedBeforeAndCanBeRestored) {
  const std::size_t before = send(20);
  ASSERT_EQ(before, 320u);
  std::atomic<bool> stop = false;
  std::atomic<std::size_t> meanwhile = 0;
  std::thread load([&] {
    while (!stop) meanwhile += send(1);
  });
  const Ran made = beside({"backup", folder_ / "copy.db"});
  stop = true;
  load.join();
  ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  EXPECT_THAT(made.out, HasSubstr("found whole"));
  EXPECT_EQ(std::filesystem::status(folder_ / "copy.db").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

  EXPECT_EQ(beside({"backup", folder_ / "copy.db"}).exit_code, 1) << "an existing file is not overwritten";
  const Ran refused = beside({"restore", folder_ / "copy.db", "--replace"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("another Waggle"));

  const Ran restored = beside({"restore", folder_ / "copy.db", "--data", folder_ / "other"});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_GE(stored(folder_ / "other"), before);
  EXPECT_EQ(server_->stop(), 0) << server_->err();
  EXPECT_EQ(stored(project() + "/data"), before + meanwhile);

  EXPECT_EQ(beside({"restore", folder_ / "copy.db"}).exit_code, 1) << "not over a store unless told so";
  EXPECT_EQ(beside({"restore", folder_ / "copy.db", "--replace"}).exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(start());
  EXPECT_EQ(send(1), 16u);
}

TEST_F(Backup, AKilledServerLeavesNoHalfBackup) {
  ASSERT_EQ(send(40), 640u);
  Ran ran;
  std::thread backup([&] { ran = beside({"backup", folder_ / "copy.db"}); });
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  EXPECT_EQ(server_->stop(SIGKILL), -SIGKILL);
  backup.join();
  const bool made = std::filesystem::exists(folder_ / "copy.db");
  // Without its server the command makes the backup itself; or it was quicker than the kill; or it says no. A
  // server killed between the file's name and its answer leaves a whole file, which the command then finds.
  if (ran.exit_code == 0) {
    EXPECT_TRUE(made) << ran.out << ran.err;
  } else if (made) {
    EXPECT_THAT(ran.err, HasSubstr("there is such a file already"));
  }
  if (!made) {
    ASSERT_EQ(beside({"backup", folder_ / "copy.db"}).exit_code, 0);
  }
  ASSERT_EQ(beside({"restore", folder_ / "copy.db", "--data", folder_ / "other"}).exit_code, 0);
  EXPECT_EQ(stored(folder_ / "other"), 640u);
  ASSERT_NO_FATAL_FAILURE(start());
  EXPECT_EQ(send(1), 16u);
}

TEST_F(Backup, CommandsAfterAKillDoNotHideItFromTheNextStart) {
  const auto killed = [&] { return !content_of(project() + "/data/waggle.lock").empty(); };
  folder_.write("p/connections.yaml", "shop: { connector: slack, bot_token: xoxb-1 }\n");
  ASSERT_EQ(send(1), 16u);
  ASSERT_EQ(beside({"backup", folder_ / "copy.db"}).exit_code, 0);
  EXPECT_EQ(server_->stop(SIGKILL), -SIGKILL);
  ASSERT_TRUE(killed());
  const std::vector<std::pair<std::vector<std::string>, int>> commands = {
      {{"prune", "--older-than", "7d"}, 0},
      {{"connections", "mend", "shop"}, 0},
      {{"retry", "nothing"}, 1},
      {{"restore", folder_ / "copy.db"}, 1}};
  for (const auto& [command, exit_code] : commands) {
    const Ran ran = beside(command);
    EXPECT_EQ(ran.exit_code, exit_code) << command.front() << ran.err;
    EXPECT_TRUE(killed()) << command.front();
  }
  ASSERT_NO_FATAL_FAILURE(start());
  EXPECT_EQ(server_->stop(), 0);
  ASSERT_FALSE(killed());
  EXPECT_EQ(beside({"restore", folder_ / "copy.db"}).exit_code, 1);
  EXPECT_FALSE(killed()) << "a refused restore changes nothing";
  EXPECT_EQ(beside({"restore", folder_ / "copy.db", "--replace"}).exit_code, 0);
  EXPECT_TRUE(killed()) << "what was under way at the time of the backup may have been done since";
}

TEST_F(Backup, WithoutAServerWorksToo) {
  ASSERT_EQ(send(1), 16u);
  EXPECT_EQ(server_->stop(), 0);
  const Ran made = beside({"backup", folder_ / "copy.db", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  EXPECT_GT(Json::parse(made.out)->at("bytes").as_int(), 50'000);
  EXPECT_EQ(beside({"restore", folder_ / "nothing.db"}).exit_code, 1);
}

TEST_F(Backup, PruneDeletesBesideTheServerAndWithout) {
  ASSERT_EQ(send(2), 32u);
  const auto finished = [&] {
    return Json::parse(beside({"runs", "--state", "succeeded", "--json"}).out)->size() == 32;
  };
  ASSERT_TRUE(eventually(finished));
  EXPECT_EQ(Json::parse(beside({"prune", "--older-than", "1h", "--json"}).out)->at("events").as_int(), 0);
  EXPECT_EQ(Json::parse(beside({"prune", "--older-than", "0s", "--json"}).out)->at("runs").as_int(), 32);
  EXPECT_EQ(stored(project() + "/data"), 0u);
  ASSERT_EQ(send(1), 16u);
  ASSERT_TRUE(eventually([&] { return beside({"runs", "--state", "queued", "--json"}).out == "[]\n"; }));
  EXPECT_EQ(server_->stop(), 0);
  EXPECT_THAT(beside({"prune", "--older-than", "0s"}).out, HasSubstr("16 events and 16 runs deleted"));
  EXPECT_EQ(beside({"prune", "--older-than", "long"}).exit_code, 2);
}

TEST_F(Backup, DoctorFindsASoundStoreAndADamagedOne) {
  ASSERT_EQ(send(20), 320u);
  const Ran beside_server = beside({"doctor"});
  EXPECT_EQ(beside_server.exit_code, 0) << beside_server.out;
  EXPECT_THAT(beside_server.out, HasSubstr("found whole"));
  EXPECT_EQ(server_->stop(), 0);
  {
    std::fstream file(project() + "/data/waggle.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(12 * 4096);
    file << std::string(8 * 4096, '\xa5');
  }
  const Ran damaged = beside({"doctor"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.out, HasSubstr("restore"));
}

TEST_F(Backup, DoctorSaysWhetherCallsCanGoOut) {
  EXPECT_THAT(beside({"doctor"}).out, HasSubstr("calls: OpenSSL "));
  const Ran without = run_waggle({"doctor", "--dir", project()},
                                 {{"SSL_CERT_FILE", "/nowhere/file"}, {"SSL_CERT_DIR", "/nowhere"}});
  EXPECT_EQ(without.exit_code, 1) << without.out;
  EXPECT_THAT(without.out, HasSubstr("install Debian's package ca-certificates"));
  const Ran badly = run_waggle({"doctor", "--dir", project()}, {{"all_proxy", "socks5://proxy.test"}});
  EXPECT_EQ(badly.exit_code, 1) << badly.out;
  EXPECT_THAT(badly.out, HasSubstr("is not the address of a proxy"));
}

TEST_F(Backup, CommandsThatReadNeverMoveTheLog) {
  const std::string database = project() + "/data/waggle.db";
  ASSERT_EQ(send(5), 80u);
  // The server stands still, so that whatever changes its files is not the server.
  const auto note = Json::parse(content_of(project() + "/data/server.json"));
  const auto pid = static_cast<pid_t>(note->at("pid").as_int());
  ASSERT_EQ(kill(pid, SIGSTOP), 0);
  const std::string before = content_of(database), log = content_of(database + "-wal");
  EXPECT_GT(log.size(), 100'000u);
  for (const auto& command :
       {std::vector<std::string>{"runs"}, {"events"}, {"doctor"}, {"show", "nothing"}}) {
    beside(command);
    EXPECT_EQ(content_of(database), before) << command.front();
    EXPECT_EQ(content_of(database + "-wal"), log) << command.front();
  }
  ASSERT_EQ(kill(pid, SIGCONT), 0);
  // And not when the server was killed, and they are the only ones that have the files open.
  EXPECT_EQ(send(5), 80u);
  EXPECT_EQ(server_->stop(SIGKILL), -SIGKILL);
  const std::string killed = content_of(database), left = content_of(database + "-wal");
  for (const auto& command : {std::vector<std::string>{"runs"}, {"events"}, {"doctor"}}) {
    EXPECT_EQ(beside(command).exit_code, 0) << command.front();
    EXPECT_EQ(content_of(database), killed) << command.front();
    EXPECT_EQ(content_of(database + "-wal"), left) << command.front();
  }
}

TEST_F(Backup, TheCommandsOfTheOperationsPageWork) {
  ASSERT_EQ(send(1), 16u);
  std::istringstream page(content_of(std::string(WAGGLE_SOURCE_DIR) + "/docs/operations.md"));
  int commands = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("    waggle ")) continue;
    std::istringstream words(line);
    std::vector<std::string> arguments;
    for (std::string word; words >> word;)
      arguments.push_back(word.starts_with("/backups/") ? folder_ / word.substr(9) : word);
    arguments.erase(arguments.begin());
    if (arguments.front() == "restore") arguments.insert(arguments.end(), {"--data", folder_ / "other"});
    const Ran ran = beside(arguments);
    EXPECT_EQ(ran.exit_code, 0) << line << ": " << ran.err;
    ++commands;
  }
  EXPECT_EQ(commands, 4);
}

TEST_F(Backup, TheStartSaysWhichSqliteItRunsWith) {
  EXPECT_EQ(server_->stop(), 0);
  EXPECT_THAT(server_->err(), HasSubstr("SQLite 3."));
}

}  // namespace
}  // namespace waggle::tests
