// See connection.hpp.
#include "core/http/connection.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "core/http/inflate.hpp"

namespace waggle::http {
namespace {

namespace asio = boost::asio;

/// Most webhooks fit; 10,000 idle connections cost 40 MB.
constexpr std::size_t first_read_bytes = 4u << 10;
constexpr std::size_t body_read_bytes = 64u << 10;
/// Bodies up to here travel in the same write as the head.
constexpr std::size_t small_body_bytes = 16u << 10;
/// Compressed bodies above this are decoded on the pool: 16 KiB can become 1.6 MB, some 5 ms of a loop's
/// time.
constexpr std::size_t inflate_here_bytes = 16u << 10;
/// A client that takes nothing for this long is gone.
constexpr std::chrono::seconds write_stall{30};
/// After a refusal the client's rest is read and dropped, so that our answer is not lost to a reset (RFC
/// 9112, 9.6).
constexpr std::chrono::seconds linger_time{2};
/// While stopping, the answer gets only a moment to arrive.
constexpr std::chrono::milliseconds drain_linger_time{100};
constexpr std::size_t linger_bytes = 1u << 20;

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

Refusal no_room() { return {503, "too many bodies are on their way; send it again in a moment"}; }

/// The right to answer one request once. Dropped unused, it answers 500 itself. Until then the request's body
/// counts as being in memory.
class Ticket {
 public:
  Ticket(const std::shared_ptr<Connection>& connection, BodyShare share)
      : connection_(connection), share_(std::move(share)) {}
  ~Ticket() { answer(Reply::text(500, "the request was dropped without an answer; see the server's log\n")); }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void answer(Reply reply) {
    if (used_.test_and_set()) return;
    share_.give_back();
    auto connection = connection_.lock();
    if (!connection) return;
    auto executor = connection->loop().context().get_executor();
    if (executor.running_in_this_thread()) return connection->reply(std::move(reply));
    asio::post(executor, [connection = std::move(connection), reply = std::move(reply)]() mutable {
      connection->reply(std::move(reply));
    });
  }

 private:
  std::weak_ptr<Connection> connection_;
  BodyShare share_;
  std::atomic_flag used_;
};

}  // namespace

Connection::Connection(std::shared_ptr<Shard> shard, Socket socket, std::string remote)
    : shard_(std::move(shard)),
      socket_(std::move(socket)),
      remote_(std::move(remote)),
      in_(shard_->limits.max_header_bytes + body_read_bytes) {}

void Connection::start() {
  Code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  next_request();
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  const ServerLimits& limits = shard_->limits;
  const auto now = Clock::now();
  switch (phase) {
    case Phase::idle:
      deadline_ = now + limits.idle_timeout;
      break;
    case Phase::head:
      deadline_ = now + limits.header_timeout;
      break;
    case Phase::body:
      deadline_ = now + limits.body_timeout;
      break;
    case Phase::writing:
      deadline_ = now + write_stall;
      break;
    case Phase::lingering:
      deadline_ =
          now + (shard_->draining ? Clock::duration(drain_linger_time) : Clock::duration(linger_time));
      break;
    case Phase::working:
    case Phase::closed:
    case Phase::unset:
      deadline_ = Clock::time_point::max();
  }
}

void Connection::check_deadline(Clock::time_point now) {
  if (now < deadline_) return;
  if (phase_ == Phase::head) return refuse({408, "the headers took too long to arrive"});
  if (phase_ == Phase::body) return refuse({408, "the body took too long to arrive"});
  close();
}

void Connection::drain() {
  close_after_ = true;
  if (phase_ == Phase::idle) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  enter(Phase::closed);
  Code ignored;
  socket_.close(ignored);
  shard_->closed(*this);
}

void Connection::next_request() {
  parser_.emplace(shard_->limits);
  share_.give_back();
  continued_ = false;
  head_only_ = false;
  close_after_ = shard_->draining;
  enter(Phase::idle);
  if (in_.size() != 0) return advance();
  if (close_after_) return close();
  read();
}

void Connection::read() {
  if (reading_) return;
  reading_ = true;
  const bool large = phase_ == Phase::body || phase_ == Phase::lingering;
  const std::size_t room =
      in_.max_size() - in_.size();  // never 0: the parser refuses before the buffer is full
  auto target = in_.prepare(std::min(room, large ? body_read_bytes : first_read_bytes));
  socket_.async_read_some(target, [self = shared_from_this()](const Code& error, std::size_t bytes) {
    self->reading_ = false;
    if (self->phase_ == Phase::closed) return;
    if (error) return self->phase_ == Phase::writing ? void() : self->close();
    self->received(bytes);
  });
}

void Connection::received(std::size_t bytes) {
  in_.commit(bytes);
  if (phase_ == Phase::lingering) {
    in_.clear();
    thrown_away_ += bytes;
    return thrown_away_ > linger_bytes ? close() : read();
  }
  if (phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body) advance();
}

/// Feeds the parser what is here; then reads on, hands over, or refuses.
void Connection::advance() {
  using State = RequestParser::State;
  for (;;) {
    const State before = parser_->state();
    std::optional<Refusal> refusal;
    const std::size_t used =
        parser_->take({static_cast<const char*>(in_.data().data()), in_.size()}, refusal);
    in_.consume(used);
    if (refusal) return refuse(std::move(*refusal));
    if (!share_.grow_to(parser_->request().body.size(), shard_->bodies)) return refuse(no_room());
    if (parser_->state() == State::done) return hand_over();
    if (phase_ == Phase::idle && parser_->begun()) enter(Phase::head);
    if (before == State::head && parser_->state() == State::body) {
      enter(Phase::body);
      if (parser_->wants_continue() && in_.size() == 0) return send_continue();
      continue;
    }
    if (used == 0 || in_.size() == 0) return read();
  }
}

void Connection::send_continue() {
  asio::async_write(socket_, asio::buffer(continue_line),
                    [self = shared_from_this()](const Code& error, std::size_t) {
                      if (self->phase_ != Phase::body) return;
                      if (error) return self->close();
                      self->read();
                    });
}

void Connection::hand_over() {
  Request request = std::move(parser_->request());
  request.remote = remote_;
  head_only_ = request.method == "HEAD";
  if (!parser_->keep_alive()) close_after_ = true;
  enter(Phase::working);
  if (request.method == "OPTIONS" && request.path == "*") return reply(Reply{204, {}, {}});
  if (is_encoded(request.headers)) return decode(std::move(request));
  call_handler(std::move(request));
}

void Connection::decode(Request request) {
  if (request.body.size() <= inflate_here_bytes) {
    if (auto refusal = decode_body(request.headers, request.body, shard_->limits.max_body_bytes))
      return refuse(std::move(*refusal));
    return call_handler(std::move(request));
  }
  shard_->loops.block([self = shared_from_this(), request = std::move(request)]() mutable {
    auto refusal = decode_body(request.headers, request.body, self->shard_->limits.max_body_bytes);
    auto& context = self->loop().context();
    asio::post(context, [self = std::move(self), refusal = std::move(refusal),
                         request = std::move(request)]() mutable {
      if (self->phase_ != Phase::working) return;
      if (refusal) return self->refuse(std::move(*refusal));
      self->call_handler(std::move(request));
    });
  });
}

void Connection::call_handler(Request request) {
  if (!share_.grow_to(request.body.size(), shard_->bodies)) return refuse(no_room());  // longer when decoded
  auto ticket = std::make_shared<Ticket>(shared_from_this(), std::move(share_));
  (*shard_->handler)(shard_->loop.index(), std::move(request),
                     [ticket = std::move(ticket)](Reply reply) { ticket->answer(std::move(reply)); });
}

void Connection::reply(Reply reply) {
  if (phase_ != Phase::working) return;
  if (!can_send(reply))
    reply =
        Reply::text(500, "the answer has a status or a header that cannot be sent: a line break, perhaps\n");
  if (std::string_view(header(reply.headers, "connection")) == "close") close_after_ = true;
  write(std::move(reply));
}

void Connection::refuse(Refusal refusal) {
  close_after_ = true;
  parser_->request().body = {};  // it is not waited for, so it makes room
  share_.give_back();
  Reply reply = Reply::text(refusal.status, refusal.text + "\n");
  if (refusal.status == 503) reply.headers.emplace_back("retry-after", "1");
  write(std::move(reply));
}

void Connection::write(Reply reply) {
  close_after_ = close_after_ || shard_->draining;
  out_.clear();
  append_head(out_, reply, {.close = close_after_, .head_only = head_only_},
              shard_->date.at(std::time(nullptr)));
  body_.clear();
  if (!head_only_ && has_body(reply.status)) {
    if (reply.body.size() <= small_body_bytes) {
      out_ += reply.body;
    } else {
      body_ = std::move(reply.body);
    }
  }
  enter(Phase::writing);
  const auto progress = [this](const Code& error, std::size_t done) -> std::size_t {
    if (error) return 0;
    if (done != 0) deadline_ = Clock::now() + write_stall;
    return body_read_bytes;
  };
  const auto done = [self = shared_from_this()](const Code& error, std::size_t) {
    if (self->phase_ != Phase::writing) return;
    if (error) return self->close();
    self->written();
  };
  if (body_.empty()) return asio::async_write(socket_, asio::buffer(out_), progress, done);
  asio::async_write(socket_,
                    std::array{asio::buffer(std::as_const(out_)), asio::buffer(std::as_const(body_))},
                    progress, done);
}

void Connection::written() {
  if (close_after_) return linger();
  next_request();
}

void Connection::linger() {
  Code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  in_.clear();
  enter(Phase::lingering);
  read();
}

}  // namespace waggle::http
