// A full disk: the real program with its data on a file system of 64 MiB. Refused with 503 and Retry-After,
// never a false 2xx; lists and deletes work; arrivals are taken again by themselves when there is room.
#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <set>

#include <gtest/gtest.h>
#include <waggle/json.hpp>

#include "core/store/store.hpp"
#include "tests/cli/poster.hpp"
#include "tests/cli/program.hpp"
#include "tests/store/small_disk.hpp"

namespace waggle::durability {
namespace {

using tests::Ran;

constexpr auto flow =
    "waggle: 1\nwhen: { webhook: { path: /in, verify: { preset: none } } }\nsteps: [ { log: \"${event.id}\" "
    "} ]\n";
constexpr std::size_t senders = 16;
constexpr std::size_t body_bytes = 20'000;
constexpr std::chrono::seconds promised_to_resume{5};

class DiskFull : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_ / "disk");
    if (const std::string why = disk_.mount_at(folder_ / "disk"); !why.empty())
      GTEST_SKIP() << "NOT TESTED HERE: a full disk; " << why;
    folder_.write("p/flows/in.yaml", flow);
    folder_.write("p/waggle.yaml", "log_level: warning\n");
  }
  void TearDown() override {
    poster_.reset();
    server_.reset();
  }

  void start() {
    server_ = std::make_unique<tests::Background>(
        std::vector<std::string>{"up", folder_ / "p", "--data", data(), "--listen", "127.0.0.1:0"});
    const std::string url = server_->address();
    ASSERT_FALSE(url.empty()) << server_->err();
    poster_ = std::make_unique<tests::Poster>(url + "/in");
  }
  std::string data() const { return disk_.path() + "/data"; }
  Ran beside(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--dir", folder_ / "p", "--data", data()});
    return tests::run_waggle(arguments);
  }

  /// Sends a round; notes who was acknowledged. How many were refused.
  int send_round() {
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < senders; ++i)
      bodies.push_back("{\"id\":" + std::to_string(next_ + i) + ",\"text\":\"" +
                       std::string(body_bytes, 'x') + "\"}");
    const auto answers = poster_->post(bodies);
    int refused = 0;
    for (std::size_t i = 0; i < senders; ++i) {
      if (answers[i].status / 100 == 2) {
        acked_.insert(next_ + i);
        continue;
      }
      ++refused;
      EXPECT_EQ(answers[i].status, 503);
      EXPECT_NE(answers[i].retry_after, "") << "503 without Retry-After";
    }
    next_ += senders;
    return refused;
  }
  void send_until_refused() {
    for (int round = 0; round < 1000; ++round)
      if (send_round() > 0) return;
    FAIL() << "the disk was never full";
  }
  /// Seconds until everything is taken again.
  double resumes() {
    const auto begun = std::chrono::steady_clock::now();
    while (send_round() > 0 && std::chrono::steady_clock::now() < begun + 4 * promised_to_resume)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  }
  /// The server may take some of it meanwhile.
  void ballast_of_what_is_free() const {
    const int made = open((disk_.path() + "/last").c_str(), O_WRONLY | O_CREAT, 0600);
    off_t size = 0;
    for (int tries = 0; tries < 100 && disk_.free_bytes() > 0; ++tries) {
      const auto more = static_cast<off_t>(disk_.free_bytes());
      if (fallocate(made, 0, size, more) == 0) size += more;
    }
    close(made);
    EXPECT_EQ(disk_.free_bytes(), 0u);
  }
  /// What the store has, by the ids in the bodies.
  std::set<std::size_t> stored() const {
    std::set<std::size_t> ids;
    auto reader = store::open_sqlite_reader(data());
    EXPECT_TRUE(reader.ok()) << reader.error().message;
    const auto events = (*reader)->events({"", "", 10'000});
    EXPECT_TRUE(events.ok());
    for (const store::Event& event : *events) {
      const auto whole = (*reader)->event(event.id);
      ids.insert(static_cast<std::size_t>(Json::parse((*whole)->body)->at("id").as_int()));
    }
    return ids;
  }
  std::size_t lost() const {
    const auto there = stored();
    std::size_t lost = 0;
    for (const std::size_t id : acked_) lost += there.count(id) == 0 ? 1 : 0;
    return lost;
  }

  const tests::Folder folder_;
  store::testing::SmallDisk disk_;
  std::unique_ptr<tests::Background> server_;
  std::unique_ptr<tests::Poster> poster_;
  std::set<std::size_t> acked_;
  std::size_t next_ = 0;
};

TEST_F(DiskFull, RefusesListsDeletesAndResumes) {
  const std::string first = disk_.take("ballast", 30u << 20);
  ASSERT_NO_FATAL_FAILURE(start());
  ASSERT_NO_FATAL_FAILURE(send_until_refused());
  for (int round = 0; round < 10; ++round) send_round();
  EXPECT_GT(acked_.size(), 300u);
  EXPECT_EQ(beside({"runs", "--json"}).exit_code, 0);
  EXPECT_EQ(beside({"events", "--json"}).exit_code, 0);
  EXPECT_EQ(lost(), 0u);

  // Somebody makes room.
  std::filesystem::remove(first);
  const double after_room = resumes();
  EXPECT_LE(after_room, promised_to_resume.count());

  // Full again, and another program takes the very last byte: deletes need the reserve.
  ASSERT_NO_FATAL_FAILURE(send_until_refused());
  ballast_of_what_is_free();
  for (int round = 0; round < 10; ++round) send_round();
  EXPECT_EQ(lost(), 0u) << "of " << acked_.size();
  const Ran listed = beside({"runs", "--limit", "5", "--json"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  const Ran pruned = beside({"prune", "--older-than", "0s", "--json"});
  ASSERT_EQ(pruned.exit_code, 0) << pruned.out << pruned.err;
  EXPECT_GT(Json::parse(pruned.out)->at("events").as_int(), 1000);
  acked_.clear();
  const double after_prune = resumes();
  EXPECT_LE(after_prune, promised_to_resume.count());
  EXPECT_EQ(lost(), 0u);
  std::cout << "resumed " << after_room << " s after room was made, " << after_prune
            << " s after old events were "
            << "deleted on a disk without a free byte\n";
  EXPECT_NE(server_->err().find("nearly full"), std::string::npos) << server_->err();
  EXPECT_NE(server_->err().find("room on the disk again"), std::string::npos);
  poster_.reset();
  EXPECT_EQ(server_->stop(), 0);
}

}  // namespace
}  // namespace waggle::durability
