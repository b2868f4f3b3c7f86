// A start with a hundred thousand runs that have not begun: soon ready, and it goes on with them.
#include <thread>

#include <gtest/gtest.h>

#include "tests/durability/harness/pending.hpp"
#include "tests/durability/harness/process.hpp"
#include "tests/durability/harness/project.hpp"
#include "tests/durability/harness/sender.hpp"
#include "tests/durability/harness/sink.hpp"
#include "tests/durability/harness/stored.hpp"
#include "tests/durability/options.hpp"

namespace waggle::durability {
namespace {

constexpr std::int64_t pending = 100'000;
/// Its first message is a plain one of 1.2 KB, as webhooks are.
constexpr std::uint64_t small_body_seed = 2;
/// The promise is 2 s on a machine that does nothing else; here others work beside it.
constexpr std::chrono::seconds limit{10};

/// One event whose run does not end, for pending runs to be made after.
void leave_one_run(Process& server, Sink& sink, const std::string& ledger) {
  sink.mood({.silent = true});
  server.start();
  ASSERT_TRUE(server.ready_within(std::chrono::seconds(30)));
  Sender sender({server.url(""), ledger, small_body_seed, 1, 1000});
  sender.start();
  while (sender.sent() < 1) std::this_thread::sleep_for(std::chrono::microseconds(100));
  ASSERT_TRUE(sender.finish(std::chrono::seconds(20)));
  server.kill();
}

TEST(Start, WithAHundredThousandRunsToGoOnWithIsSoonReadyAndGoesOn) {
  Folder folder("start");
  Sink sink(folder.path() + "/record");
  write_project({folder.path(), sink.url(), "data", ""});
  Process server(WAGGLE_BUILD_DIR "/bin/waggle", folder.path(), free_port());
  ASSERT_NO_FATAL_FAILURE(leave_one_run(server, sink, folder.path() + "/ledger"));
  const auto made = add_pending_runs(folder.path() + "/data", pending);
  ASSERT_TRUE(made.ok()) << made.error().message;

  sink.mood({});
  server.start();
  const auto ready = server.ready_within(limit);
  ASSERT_TRUE(ready) << "not ready within " << limit.count() << " s";
  const auto begun = std::chrono::steady_clock::now();
  const auto left = [&] { return unfinished_runs(folder.path() + "/data"); };
  while (std::chrono::steady_clock::now() - begun < std::chrono::seconds(60)) {
    const auto now = left();
    ASSERT_TRUE(now.ok()) << now.error().message;
    if (*now < pending - 1000) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  const std::uint64_t resident = usage_of(server.pid()).resident_bytes;
  std::cout << pending << " runs to go on with: ready after " << ready->count()
            << " ms, the first 1000 on record " << took.count() << " ms later, " << (resident >> 20)
            << " MiB resident\n";
  EXPECT_LT(*left(), pending - 1000) << "the runs do not go on";
}

}  // namespace
}  // namespace waggle::durability
