// The connections of one loop: see connection.hpp.
#include <algorithm>
#include <atomic>

#include "core/http/connection.hpp"

namespace waggle::http {
namespace {

/// Deadlines are seconds; a quarter of one is exact enough. Looking at 20,000 connections takes about a
/// millisecond.
constexpr std::chrono::milliseconds look_interval{250};

}  // namespace

Shard::Shard(Loops& all, std::size_t index, const ServerLimits& server_limits,
             std::shared_ptr<const Handler> to, std::shared_ptr<BodyBudget> all_bodies,
             std::shared_ptr<std::atomic<std::size_t>> count)
    : loops(all),
      loop(all.at(index)),
      limits(server_limits),
      handler(std::move(to)),
      bodies(std::move(all_bodies)),
      count_(std::move(count)),
      timer_(loop.context().get_executor()) {}

void Shard::watch() {
  timer_.expires_after(look_interval);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    auto self = weak.lock();
    if (error || !self) return;
    self->look_at_deadlines();
    self->watch();
  });
}

void Shard::look_at_deadlines() {
  const auto now = Clock::now();
  // From the back: a connection that closes is replaced by the last one, which has been looked at.
  for (std::size_t i = connections_.size(); i-- > 0;)
    if (i < connections_.size()) std::shared_ptr(connections_[i])->check_deadline(now);
}

void Shard::open(Socket socket, std::string remote) {
  if (draining) {
    --*count_;
    return;
  }
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket), std::move(remote));
  connection->slot = connections_.size();
  connections_.push_back(connection);
  connection->start();
}

void Shard::closed(Connection& connection) {
  const std::size_t slot = connection.slot;
  auto kept = std::move(connections_[slot]);
  if (slot + 1 != connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
  --*count_;
}

void Shard::drain() {
  draining = true;
  for (const auto& connection : std::vector(connections_)) connection->drain();
}

void Shard::close_all() {
  draining = true;
  timer_.cancel();
  for (const auto& connection : std::vector(connections_)) connection->close();
}

}  // namespace waggle::http
