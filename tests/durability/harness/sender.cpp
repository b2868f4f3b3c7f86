#include "tests/durability/harness/sender.hpp"

#include <algorithm>
#include <thread>

namespace waggle::durability {
namespace {

using Clock = std::chrono::steady_clock;

/// One of so many messages is an earlier one, sent once more as a sender does that missed the answer.
constexpr unsigned kOneRepeatOf = 20;
/// Half of the repeats are of the last messages, half of any since the beginning.
constexpr std::int64_t kRecent = 50;
/// A server that is frozen must not look dead.
constexpr std::chrono::milliseconds kPatience{10'000};
/// While nobody answers: not sooner than this again.
constexpr std::chrono::milliseconds kPauseAfterError{20};

}  // namespace

Sender::Sender(SenderOptions options)
    : options_(std::move(options)),
      rate_(options_.rate),
      ledger_(options_.ledger),
      loops_(http::Loops::start(1, 1)),
      connections_(static_cast<std::size_t>(options_.connections)),
      random_(options_.seed) {
  on_loop([this] { client_ = std::make_unique<http::Client>(loops_->at(0)); });
}

Sender::~Sender() {
  finishing_ = true;
  on_loop([this] { client_.reset(); });
  ledger_.flush();
  loops_->stop();
}

void Sender::on_loop(const std::function<void()>& work) {
  std::atomic<bool> done = false;
  loops_->at(0).post([&] {
    work();
    done = true;
  });
  while (!done) std::this_thread::sleep_for(std::chrono::microseconds(50));
}

void Sender::start() {
  on_loop([this] {
    for (Connection& connection : connections_) {
      connection.due = Clock::now();
      next(connection);
    }
  });
}

bool Sender::finish(std::chrono::seconds limit) {
  finishing_ = true;
  const auto ends = Clock::now() + limit;
  while (acked_ < next_number_ && Clock::now() < ends)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  while (under_way_ > 0 && Clock::now() < ends) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ledger_.flush();
  return acked_ == next_number_;
}

void Sender::next(Connection& connection) {
  if (!client_) return;
  if (!unanswered_.empty()) {
    const std::int64_t number = unanswered_.front();
    unanswered_.pop_front();
    ++sent_again_;
    return send(connection, number, false);
  }
  if (finishing_) {
    if (acked_ < next_number_) pause(connection);
    return;
  }
  const std::int64_t numbers = next_number_;
  if (numbers > 0 && random_() % kOneRepeatOf == 0) {
    const std::int64_t among = random_() % 2 == 0 ? std::min(numbers, kRecent) : numbers;
    const std::int64_t back = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(among));
    ++repeats_;
    return send(connection, numbers - 1 - back, true);
  }
  ++next_number_;
  ledger_.append("sent m" + std::to_string(numbers));
  send(connection, numbers, false);
}

void Sender::send(Connection& connection, std::int64_t number, bool repeat) {
  Message sent = message(options_.seed, number);
  http::OutboundRequest request;
  request.method = "POST";
  request.url = options_.url + (options_.path.empty() ? path_of(sent.kind) : options_.path);
  request.headers = {{"content-type", "application/json"}, {"x-delivery-id", sent.id}};
  request.body = std::move(sent.body);
  request.timeout = kPatience;
  ++under_way_;
  connection.sent = Clock::now();
  client_->send(std::move(request),
                [this, &connection, number, repeat](Result<http::OutboundResponse> answer) {
                  answered(connection, number, repeat, answer.ok() ? answer->status : 0);
                });
}

void Sender::answered(Connection& connection, std::int64_t number, bool repeat, int status) {
  const bool yes = status / 100 == 2;
  if (repeat || !yes) {
    --under_way_;
    if (!repeat) unanswered_.push_back(number);
    if (!yes) connection.due = std::max(connection.due, Clock::now() + kPauseAfterError);
    return pause(connection);
  }
  {
    const std::lock_guard lock(mutex_);
    latencies_ms_.push_back(
        std::chrono::duration<double, std::milli>(Clock::now() - connection.sent).count());
  }
  ledger_.append("acked m" + std::to_string(number), [this, &connection] {
    loops_->at(0).post([this, &connection] {
      ++acked_;
      --under_way_;
      pause(connection);
    });
  });
}

double Sender::latency_ms(double part) const {
  const std::lock_guard lock(mutex_);
  if (latencies_ms_.empty()) return 0;
  std::vector<double> sorted = latencies_ms_;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), at, sorted.end());
  return *at;
}

void Sender::forget_latencies() {
  const std::lock_guard lock(mutex_);
  latencies_ms_.clear();
}

/// Until this connection's next message is due; what was missed while nobody answered is not caught up.
void Sender::pause(Connection& connection) {
  const auto now = Clock::now();
  const std::chrono::duration<double> gap(static_cast<double>(options_.connections) / rate_.load());
  connection.due = std::max(now, connection.due + std::chrono::duration_cast<Clock::duration>(gap));
  loops_->at(0).after(std::chrono::ceil<std::chrono::milliseconds>(connection.due - now),
                      [this, &connection] { next(connection); });
}

}  // namespace waggle::durability
