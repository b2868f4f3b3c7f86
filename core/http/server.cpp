// The listening socket and its accepting: see server.hpp.
//
// One acceptor, on loop 0, hands connections to the loops in turn. SO_REUSEPORT with an acceptor per loop
// would save a hand-over per connection, but spreads few connections unevenly (by hash), and lets a second
// Waggle listen on the same port without a word. Webhook senders and proxies keep connections open, so
// accepting is not what costs.
#include "core/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <thread>
#include <vector>

#include "core/http/address.hpp"
#include "core/http/body_budget.hpp"
#include "core/http/connection.hpp"

namespace waggle::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Count = std::atomic<std::size_t>;

constexpr int waiting_connections =
    4096;  ///< in the kernel's queue, until we accept them (net.core.somaxconn may cut it)
/// When the process has no descriptor left, accepting again at once would spin.
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::milliseconds stop_look_interval{5};
/// After close_all() the loops need a moment, not a deadline, to run it.
constexpr std::chrono::seconds close_time{2};

constexpr std::string_view busy_answer =
    "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n";

/// What accepting needs; kept alive by the accept that is under way.
class Door : public std::enable_shared_from_this<Door> {
 public:
  Door(Loops& loops, const ServerLimits& limits, Handler handler)
      : loops_(loops),
        limits_(limits),
        count_(std::make_shared<Count>(0)),
        acceptor_(loops.at(0).context().get_executor()),
        pause_(loops.at(0).context().get_executor()) {
    auto shared = std::make_shared<const Handler>(std::move(handler));
    auto bodies = std::make_shared<BodyBudget>(std::max(limits.max_bodies_bytes, limits.max_body_bytes));
    for (std::size_t i = 0; i < loops.count(); ++i)
      shards_.push_back(std::make_shared<Shard>(loops, i, limits, shared, bodies, count_));
  }

  Code open(const tcp::endpoint& endpoint) {
    Code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(waiting_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  void start() {
    for (auto& shard : shards_) shard->loop.post([shard] { shard->watch(); });
    loops_.at(0).post([self = shared_from_this()] { self->accept(); });
  }

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return *count_; }

  /// No new connections from here on, then no new requests.
  void drain() {
    const auto drain = [self = shared_from_this()] {
      Code ignored;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
      self->on_all(&Shard::drain);
    };
    if (loops_.at(0).context().stopped()) return drain();
    loops_.at(0).post(drain);
  }

  void on_all(void (Shard::*what)()) {
    for (auto& shard : shards_) {
      // A stopped loop has no thread any more: this one may touch its connections.
      if (shard->loop.context().stopped()) {
        ((*shard).*what)();
      } else {
        shard->loop.post([shard, what] { ((*shard).*what)(); });
      }
    }
  }

 private:
  void accept() {
    if (!acceptor_.is_open()) return;
    Shard& next = *shards_[turn_++ % shards_.size()];
    acceptor_.async_accept(next.loop.context(),
                           [self = shared_from_this(), &next](const Code& error, Socket socket) {
                             if (error == asio::error::operation_aborted || !self->acceptor_.is_open())
                               return;
                             if (error) return self->pause();
                             self->take(next, std::move(socket));
                             self->accept();
                           });
  }

  void pause() {
    pause_.expires_after(accept_pause);
    pause_.async_wait([self = shared_from_this()](const Code& error) {
      if (!error) self->accept();
    });
  }

  void take(Shard& shard, Socket socket) {
    Code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    if (++*count_ > limits_.max_connections) {
      --*count_;
      socket.non_blocking(true, error);
      socket.write_some(asio::buffer(busy_answer), error);
      socket.shutdown(Socket::shutdown_both, error);
      return;
    }
    asio::post(shard.loop.context(), [shard = shard.shared_from_this(), socket = std::move(socket),
                                      address = remote.address()]() mutable {
      shard->open(std::move(socket), plain(address).to_string());
    });
  }

  /// ::ffff:1.2.3.4 is how IPv4 looks on an IPv6 socket.
  static asio::ip::address plain(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
  }

  Loops& loops_;
  const ServerLimits limits_;
  std::shared_ptr<Count> count_;
  std::vector<std::shared_ptr<Shard>> shards_;
  asio::basic_socket_acceptor<tcp, Executor> acceptor_;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> pause_;
  std::size_t turn_ = 0;
  std::uint16_t port_ = 0;
};

class BeastServer final : public Server {
 public:
  explicit BeastServer(std::shared_ptr<Door> door) : door_(std::move(door)) {}
  ~BeastServer() override { BeastServer::stop(std::chrono::milliseconds(0)); }

  std::uint16_t port() const override { return door_->port(); }
  std::size_t connections() const override { return door_->connections(); }

  void stop(std::chrono::milliseconds deadline) override {
    if (std::exchange(stopped_, true)) return;
    door_->drain();
    wait_until_empty(deadline);
    door_->on_all(&Shard::close_all);
    wait_until_empty(close_time);
  }

 private:
  void wait_until_empty(std::chrono::milliseconds deadline) const {
    const auto end = Clock::now() + deadline;
    while (door_->connections() != 0 && Clock::now() < end) std::this_thread::sleep_for(stop_look_interval);
  }

  std::shared_ptr<Door> door_;
  bool stopped_ = false;
};

Error words_for(const Code& error, const ListenAddress& address) {
  const std::string where = to_string(address);
  if (error == asio::error::address_in_use)
    return invalid(
        "cannot listen on " + where + ": another program has this port; stop it or choose another port",
        "port_taken");
  if (error == asio::error::access_denied)
    return invalid("cannot listen on " + where +
                       ": ports below 1024 need rights that this user lacks; choose a higher one",
                   "port_denied");
  return invalid("cannot listen on " + where + ": " + error.message() + "; choose an address of this machine",
                 "bad_address");
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Loops& loops, const std::string& address, std::uint16_t port,
                                               ServerLimits limits, Handler handler) {
  const bool brackets = address.size() >= 2 && address.front() == '[' && address.back() == ']';
  const ListenAddress wanted{brackets ? address.substr(1, address.size() - 2) : address, port};
  Code error;
  const auto ip = asio::ip::make_address(wanted.host == "localhost" ? "127.0.0.1" : wanted.host, error);
  if (error)
    return invalid(
        "\"" + address +
            "\" is not an address to listen on; write an IPv4 or IPv6 address like 127.0.0.1 or ::1",
        "bad_address");
  auto door = std::make_shared<Door>(loops, limits, std::move(handler));
  if ((error = door->open({ip, port}))) return words_for(error, wanted);
  door->start();
  return std::unique_ptr<Server>(std::make_unique<BeastServer>(std::move(door)));
}

}  // namespace waggle::http
