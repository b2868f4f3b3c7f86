// kill -9 while events stream in and a slow app takes them: what was answered 2xx arrives, and what was
// recorded as delivered is not delivered again.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <waggle/json.hpp>

#include "core/http/client.hpp"
#include "core/store/store.hpp"
#include "tests/durability/process.hpp"
#include "tests/engine/receiver.hpp"

namespace waggle::durability {
namespace {

constexpr int events = 1'000;
constexpr int senders = 16;  ///< connections that send at the same time

/// Posts events 0, 1, 2 ... over several connections at once, until stopped or all are sent; knows which were
/// answered 2xx.
class Sender {
 public:
  explicit Sender(std::string url) : url_(std::move(url)), loops_(http::Loops::start(1, 1)) {
    on_loop([this] { client_ = std::make_unique<http::Client>(loops_->at(0)); });
  }
  ~Sender() {
    on_loop([this] { client_.reset(); });
    loops_->stop();
  }

  void send_all() {
    for (int i = 0; i < senders; ++i) loops_->at(0).post([this] { next(); });
  }
  void stop() { stopped_ = true; }
  bool idle() const { return under_way_ == 0 && (stopped_ || sent_ >= events); }
  int sent() const { return sent_; }
  std::set<int> acked() const {
    const std::lock_guard lock(mutex_);
    return acked_;
  }

 private:
  void on_loop(const std::function<void()>& work) {
    std::atomic<bool> done = false;
    loops_->at(0).post([&] {
      work();
      done = true;
    });
    while (!done) std::this_thread::yield();
  }

  void next() {
    if (stopped_ || sent_ >= events) return;
    const int id = sent_++;
    ++under_way_;
    http::OutboundRequest request;
    request.method = "POST";
    request.url = url_;
    request.headers = {{"content-type", "application/json"}};
    request.body = "{\"id\":" + std::to_string(id) + ",\"total\":25}";
    client_->send(std::move(request), [this, id](Result<http::OutboundResponse> answer) {
      if (answer.ok() && answer->status / 100 == 2) {
        const std::lock_guard lock(mutex_);
        acked_.insert(id);
      }
      --under_way_;
      next();
    });
  }

  std::string url_;
  std::unique_ptr<http::Loops> loops_;
  std::unique_ptr<http::Client> client_;
  std::atomic<int> sent_ = 0;
  std::atomic<int> under_way_ = 0;
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_;
  std::set<int> acked_;
};

int id_of(const std::string& body) {
  const auto json = Json::parse(body);
  return json.ok() ? static_cast<int>(json->at("id").as_int(-1)) : -1;
}

std::set<int> recorded_as_delivered(const std::string& data) {
  auto reader = store::open_sqlite_reader(data);
  EXPECT_TRUE(reader.ok());
  store::RunFilter filter;
  filter.limit = 10 * events;
  std::set<int> ids;
  auto runs = (*reader)->runs(filter);
  EXPECT_TRUE(runs.ok());
  for (const store::Run& run : *runs) {
    auto detail = (*reader)->run(run.id);
    for (const store::Effect& effect : (*detail)->effects)
      if (effect.state == store::EffectState::done) ids.insert(id_of((*detail)->event.body));
  }
  return ids;
}

std::int64_t unfinished_runs(const std::string& data) {
  auto reader = store::open_sqlite_reader(data);
  EXPECT_TRUE(reader.ok());
  auto counts = (*reader)->run_counts();
  EXPECT_TRUE(counts.ok());
  std::int64_t unfinished = 0;
  for (const auto& [state, count] : *counts) unfinished += store::is_final(state) ? 0 : count;
  return unfinished;
}

class Kill : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "waggle-kill-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    std::filesystem::create_directories(dir_ + "/flows");
    receiver_.delay(std::chrono::milliseconds(100));
    std::ofstream(dir_ + "/waggle.yaml") << "log_level: warning\n";
    std::ofstream(dir_ + "/flows/orders.yaml")
        << "waggle: 1\n"
           "when:\n  webhook: { path: /orders, verify: { preset: none } }\n"
           "steps:\n"
           "  - filter: event.total >= 20\n"
           "  - http.post: { url: \""
        << receiver_.url()
        << "\", json: \"${event}\" }\n"
           "    retry: quick\n";
  }
  void TearDown() override {
    if (HasFailure())
      std::cerr << "kept for a look: " << dir_ << "\n";
    else
      std::filesystem::remove_all(dir_);
  }

  std::string dir_;
  engine::test::Receiver receiver_;
};

TEST_F(Kill, InTheMiddleOfAThousandEventsLosesNoneAndRepeatsNoneThatWasRecorded) {
  const std::uint16_t port = free_port();
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  Process waggle(WAGGLE_BUILD_DIR "/bin/waggle", dir_, port);
  waggle.start();
  ASSERT_TRUE(engine::test::answers(url + "/readyz"))
      << "waggle did not start; see " << dir_ << "/waggle.log";

  Sender sender(url + "/orders");
  sender.send_all();
  const int kill_at = events / 4 + static_cast<int>(std::random_device{}() % (events / 2));
  ASSERT_TRUE(engine::test::eventually([&] { return sender.sent() >= kill_at; }));
  waggle.kill();
  sender.stop();
  ASSERT_TRUE(engine::test::eventually([&] { return sender.idle(); }));

  const std::set<int> recorded = recorded_as_delivered(dir_ + "/data");
  const std::size_t delivered_before = receiver_.count();
  waggle.start();
  ASSERT_TRUE(engine::test::answers(url + "/readyz"));
  const std::set<int> acked = sender.acked();
  const auto delivered = [&] {
    std::map<int, int> counts;
    for (const http::Request& request : receiver_.requests()) ++counts[id_of(request.body)];
    return counts;
  };
  EXPECT_TRUE(engine::test::eventually([&] {
    const auto counts = delivered();
    return std::all_of(acked.begin(), acked.end(), [&](int id) { return counts.count(id) != 0; });
  })) << "an event that was answered 2xx was not delivered";
  EXPECT_TRUE(engine::test::eventually([&] { return unfinished_runs(dir_ + "/data") == 0; }))
      << "a run is stuck";
  EXPECT_EQ(waggle.stop(), 0);

  int twice = 0;
  for (const auto& [id, count] : delivered()) {
    twice += count > 1 ? 1 : 0;
    if (recorded.count(id) != 0) {
      EXPECT_EQ(count, 1) << "event " << id << " was recorded as delivered and delivered again";
    }
  }
  std::cout << "killed after " << kill_at << " events: acked " << acked.size()
            << ", delivered before the kill " << delivered_before << " (recorded " << recorded.size()
            << "), delivered twice " << twice << "\n";
  EXPECT_GT(acked.size(), 0u);
}

}  // namespace
}  // namespace waggle::durability
