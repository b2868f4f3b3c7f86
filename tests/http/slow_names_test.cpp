// The outbound client while names are looked up slowly, or not at all, or have several addresses.
#include <dlfcn.h>
#include <netdb.h>

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <vector>

#include "core/http/client.hpp"
#include "tests/http/raw.hpp"

namespace {

/// The look-up of `slow.test` answers nobody until it is let go, and says the loopback address then. That of
/// `two.test` says two, of which the second is that.
struct SlowName {
  std::mutex mutex;
  std::condition_variable let_go;
  bool hangs = false;
  int looked_up = 0;
};

SlowName& slow_name() {
  static auto* one = new SlowName;  // never destroyed: threads that look up may outlive the tests
  return *one;
}

}  // namespace

/// Stands before the C library's.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node != nullptr && std::strcmp(node, "two.test") == 0) {
    if (const int code = real("127.0.0.2", service, hints, found); code != 0) return code;
    return real("127.0.0.1", service, hints, &(*found)->ai_next);
  }
  if (node == nullptr || std::strcmp(node, "slow.test") != 0) return real(node, service, hints, found);
  SlowName& slow = slow_name();
  std::unique_lock lock(slow.mutex);
  ++slow.looked_up;
  slow.let_go.wait(lock, [&] { return !slow.hangs; });
  return real("127.0.0.1", service, hints, found);
}

namespace waggle::http::test {
namespace {

using namespace std::chrono_literals;
using Outcome = Result<OutboundResponse>;

class SlowNames : public ::testing::Test {
 protected:
  SlowNames() : loops_(Loops::start(1, 1)), server_(*loops_, {}, answer_ok) {
    hang(true);
    first_look_up_ = looked_up();
    on_loop([this] { client_ = std::make_unique<Client>(loops_->at(0)); });
  }
  ~SlowNames() override {
    hang(false);
    on_loop([this] { client_.reset(); });
  }

  /// All in one turn of the loop.
  std::vector<std::future<Outcome>> start(const std::vector<std::chrono::milliseconds>& timeouts,
                                          const std::string& host = "slow.test") {
    std::vector<std::future<Outcome>> answers;
    on_loop([&] {
      for (const auto timeout : timeouts) {
        auto promise = std::make_shared<std::promise<Outcome>>();
        answers.push_back(promise->get_future());
        client_->send(
            {.url = "http://" + host + ":" + std::to_string(server_->port()) + "/", .timeout = timeout},
            [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
      }
    });
    return answers;
  }

  static void hang(bool hangs) {
    const std::lock_guard lock(slow_name().mutex);
    slow_name().hangs = hangs;
    slow_name().let_go.notify_all();
  }

  int looked_up() const {
    const std::lock_guard lock(slow_name().mutex);
    return slow_name().looked_up - first_look_up_;
  }

  static void expect_timed_out(std::future<Outcome>& answer, std::chrono::milliseconds within) {
    ASSERT_EQ(answer.wait_for(within), std::future_status::ready);
    const Outcome outcome = answer.get();
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().next, Next::retry);
    EXPECT_EQ(outcome.error().code, "no_answer");
  }

  std::unique_ptr<Loops> loops_;
  WatchedServer server_;
  int first_look_up_ = 0;
  std::unique_ptr<Client> client_;

 private:
  void on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    loops_->at(0).post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }
};

TEST_F(SlowNames, EndEveryCallInItsTimeAndBlockNoLaterOne) {
  auto answers = start({300ms, 300ms, 300ms});
  for (auto& answer : answers) expect_timed_out(answer, 5s);
  auto later = start({300ms});
  expect_timed_out(later[0], 5s);
  hang(false);
  auto again = start({10s});
  ASSERT_EQ(again[0].wait_for(10s), std::future_status::ready);
  const Outcome outcome = again[0].get();
  EXPECT_TRUE(outcome.ok()) << outcome.error().message;
}

TEST_F(SlowNames, LetACallGoThatHasLessTimeThanTheOneItWaitsFor) {
  auto answers = start({8s, 200ms, 400ms});
  expect_timed_out(answers[1], 2s);
  expect_timed_out(answers[2], 2s);
  EXPECT_EQ(answers[0].wait_for(0ms), std::future_status::timeout);
  hang(false);
  ASSERT_EQ(answers[0].wait_for(10s), std::future_status::ready);
  EXPECT_TRUE(answers[0].get().ok());
}

TEST_F(SlowNames, AreLookedUpOnceForAllWhoWaitAndForLaterCalls) {
  auto answers = start({8s, 8s, 8s});
  wait_until([this] { return looked_up() == 1; });
  hang(false);
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  auto later = start({8s, 8s, 8s, 8s});  // one more than the connections that are kept
  for (auto& answer : later) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(looked_up(), 1);
}

TEST_F(SlowNames, AreNotInTheWayOfOtherNames) {
  auto answers = start({8s});
  wait_until([this] { return looked_up() == 1; });
  auto other = start({8s}, "localhost");
  const Outcome outcome = other[0].get();
  EXPECT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(answers[0].wait_for(0ms), std::future_status::timeout);
}

TEST_F(SlowNames, WithAnAddressThatRefusesAreReachedByTheNext) {
  auto answers = start({8s}, "two.test");
  const Outcome outcome = answers[0].get();
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->status, 200);
}

/// A listener whose queue is full leaves a connection waiting, like a host that is not there.
TEST_F(SlowNames, WithAnAddressThatIsSilentAreReachedByTheNext) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(server_->port());
  ASSERT_EQ(::inet_pton(AF_INET, "127.0.0.2", &at.sin_addr), 1);
  const auto* address = reinterpret_cast<const sockaddr*>(&at);
  RawSocket full = RawSocket::of(::socket(AF_INET, SOCK_STREAM, 0));
  if (::bind(full.fd(), address, sizeof at) != 0) GTEST_SKIP() << "there is no address 127.0.0.2";
  ASSERT_EQ(::listen(full.fd(), 0), 0);
  std::vector<RawSocket> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(RawSocket::of(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)));
    ::connect(waiting.back().fd(), address, sizeof at);
  }
  auto answers = start({5s}, "two.test");
  const Outcome outcome = answers[0].get();
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->status, 200);
}

}  // namespace
}  // namespace waggle::http::test
