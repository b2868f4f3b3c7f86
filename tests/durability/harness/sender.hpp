// The app that calls Waggle: several keep-alive connections, a rate, repeats, and everything that was not
// answered sent again with the same id until it is. What was answered 2xx is in the ledger, on disk, before
// its connection sends the next.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "core/http/client.hpp"
#include "tests/durability/harness/durable_file.hpp"
#include "tests/durability/harness/message.hpp"

namespace waggle::durability {

struct SenderOptions {
  std::string url;     ///< of the server, without a path
  std::string ledger;  ///< its file
  std::uint64_t seed = 1;
  int connections = 16;
  double rate = 600;   ///< messages a second, all connections together
  std::string path{};  ///< where all messages go, whatever their kind; empty: each to its own
};

class Sender {
 public:
  explicit Sender(SenderOptions options);
  ~Sender();
  Sender(const Sender&) = delete;

  void start();
  /// No new messages; false when something is still not answered 2xx after the limit.
  bool finish(std::chrono::seconds limit);
  void rate(double messages_per_second) { rate_ = messages_per_second; }

  std::int64_t sent() const { return next_number_; }
  std::int64_t acked() const { return acked_; }
  std::int64_t sent_again() const { return sent_again_; }  ///< for want of an answer
  /// Of the acknowledgements since the last forgetting; `part` of them were not slower.
  double latency_ms(double part) const;
  void forget_latencies();
  std::int64_t repeats() const { return repeats_; }  ///< answered 2xx before, and sent once more

 private:
  struct Connection {
    std::chrono::steady_clock::time_point due;   ///< of its next message
    std::chrono::steady_clock::time_point sent;  ///< when the one under way left
  };
  void on_loop(const std::function<void()>& work);
  void next(Connection& connection);
  void send(Connection& connection, std::int64_t number, bool repeat);
  void answered(Connection& connection, std::int64_t number, bool repeat, int status);
  void pause(Connection& connection);

  const SenderOptions options_;
  std::atomic<double> rate_;
  DurableFile ledger_;
  std::unique_ptr<http::Loops> loops_;
  std::unique_ptr<http::Client> client_;
  std::vector<Connection> connections_;  // from here on: used by the loop alone
  std::deque<std::int64_t> unanswered_;
  std::mt19937_64 random_;
  mutable std::mutex mutex_;
  std::vector<double> latencies_ms_;  // guarded by mutex_
  std::atomic<bool> finishing_ = false;
  std::atomic<int> under_way_ = 0;
  std::atomic<std::int64_t> next_number_ = 0, acked_ = 0, sent_again_ = 0, repeats_ = 0;
};

}  // namespace waggle::durability
