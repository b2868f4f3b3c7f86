// One accepted connection: reads requests one after the other, hands each to the handler, writes the answers.
// Lives on one loop; only Ticket::answer may be called from elsewhere. Made by the server.
#pragma once

#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/http/body_budget.hpp"
#include "core/http/loop_types.hpp"
#include "core/http/reply_text.hpp"
#include "core/http/request_parser.hpp"
#include "core/http/server.hpp"

namespace waggle::http {

class Connection;

/// What the connections of one loop share. One coarse timer watches all their deadlines: nothing is armed per
/// request.
class Shard : public std::enable_shared_from_this<Shard> {
 public:
  Shard(Loops& loops, std::size_t index, const ServerLimits& limits, std::shared_ptr<const Handler> handler,
        std::shared_ptr<BodyBudget> bodies, std::shared_ptr<std::atomic<std::size_t>> count);

  void watch();  ///< begins looking at deadlines; on the loop
  void open(Socket socket, std::string remote);
  void closed(Connection& connection);
  void drain();  ///< no new requests; idle connections go at once
  void close_all();

  Loops& loops;
  Loop& loop;
  const ServerLimits limits;
  const std::shared_ptr<const Handler> handler;
  const std::shared_ptr<BodyBudget> bodies;  ///< of all loops
  DateText date;
  bool draining = false;

 private:
  void look_at_deadlines();

  std::shared_ptr<std::atomic<std::size_t>> count_;
  std::vector<std::shared_ptr<Connection>> connections_;
  Timer timer_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shard> shard, Socket socket, std::string remote);

  void start();
  /// The handler's answer; nothing happens if the connection has gone meanwhile.
  void reply(Reply reply);
  void check_deadline(Clock::time_point now);
  void drain();
  void close();
  Loop& loop() { return shard_->loop; }

  std::size_t slot = 0;  ///< where the shard keeps it

 private:
  /// idle: nothing of a request is here. working: the handler has it. lingering: the last answer is written,
  /// the rest is thrown away.
  enum class Phase { unset, idle, head, body, working, writing, lingering, closed };

  void read();
  void received(std::size_t bytes);
  void advance();
  void next_request();
  void send_continue();
  void hand_over();
  void decode(Request request);
  void call_handler(Request request);
  void refuse(Refusal refusal);
  void write(Reply reply);
  void written();
  void linger();
  void enter(Phase phase);

  std::shared_ptr<Shard> shard_;
  Socket socket_;
  std::string remote_;
  boost::beast::flat_buffer in_;
  std::string out_;   ///< the head of the answer, and its body when that is small
  std::string body_;  ///< a large body
  std::optional<RequestParser> parser_;
  BodyShare share_;  ///< of the body that is read; goes on with the request
  Clock::time_point deadline_;
  Phase phase_ = Phase::idle;
  std::size_t thrown_away_ = 0;
  bool reading_ = false;
  bool close_after_ = false;
  bool head_only_ = false;
  bool continued_ = false;
};

}  // namespace waggle::http
