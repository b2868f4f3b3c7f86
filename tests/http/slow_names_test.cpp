// The outbound client while names are looked up slowly, or not at all.
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

/// The look-up of `slow.test` answers nobody until it is let go, and says the loopback address then.
struct SlowName {
  std::mutex mutex;
  std::condition_variable let_go;
  bool hangs = false;
};

SlowName& slow_name() {
  static auto* one = new SlowName;  // never destroyed: libcurl's threads may outlive the tests
  return *one;
}

}  // namespace

/// Stands before the C library's, for libcurl too.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || std::strcmp(node, "slow.test") != 0) return real(node, service, hints, found);
  SlowName& slow = slow_name();
  std::unique_lock lock(slow.mutex);
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
    on_loop([this] { client_ = std::make_unique<Client>(loops_->at(0)); });
  }
  ~SlowNames() override {
    hang(false);
    on_loop([this] { client_.reset(); });
  }

  /// All in one turn of the loop.
  std::vector<std::future<Outcome>> start(const std::vector<std::chrono::milliseconds>& timeouts) {
    std::vector<std::future<Outcome>> answers;
    on_loop([&] {
      for (const auto timeout : timeouts) {
        auto promise = std::make_shared<std::promise<Outcome>>();
        answers.push_back(promise->get_future());
        client_->send(
            {.url = "http://slow.test:" + std::to_string(server_->port()) + "/", .timeout = timeout},
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

  static void expect_timed_out(std::future<Outcome>& answer, std::chrono::milliseconds within) {
    ASSERT_EQ(answer.wait_for(within), std::future_status::ready);
    const Outcome outcome = answer.get();
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().next, Next::retry);
    EXPECT_EQ(outcome.error().code, "no_answer");
  }

  std::unique_ptr<Loops> loops_;
  WatchedServer server_;
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

}  // namespace
}  // namespace waggle::http::test
