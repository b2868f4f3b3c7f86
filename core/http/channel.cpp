// See channel.hpp.
#include "core/http/channel.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/http/ascii.hpp"
#include "core/http/inflate.hpp"
#include "core/http/request_text.hpp"

namespace waggle::http {
namespace {

namespace asio = boost::asio;

/// Name look-up, tunnel and TLS included; a host that needs longer is down.
constexpr std::chrono::seconds connect_timeout{10};
/// How long a connection waits for its next exchange; less if the server says that it closes sooner.
constexpr std::chrono::seconds longest_kept{60};
/// Most answers fit; connections that wait cost little.
constexpr std::size_t first_read_bytes = 4u << 10;
constexpr std::size_t body_read_bytes = 64u << 10;

/// `timeout=5, max=100`: what servers say of how long they keep a connection; ours ends a second sooner, so
/// that no request crosses their closing (draft-thomson-hybi-http-timeout-03, 2).
std::chrono::seconds kept_for(const Headers& headers) {
  constexpr std::string_view word = "timeout=";
  const std::string value = lower(header(headers, "keep-alive"));
  const std::size_t at = value.find(word);
  if (at == std::string_view::npos) return longest_kept;
  unsigned seconds = 0;
  const auto read = std::from_chars(value.data() + at + word.size(), value.data() + value.size(), seconds);
  if (read.ec == std::errc::result_out_of_range) return longest_kept;
  if (read.ec != std::errc{} || seconds == 0) return std::chrono::seconds(0);
  return std::min(std::chrono::seconds(seconds - 1), longest_kept);
}

}  // namespace

Channel::Channel(asio::io_context& context, ChannelOwner& owner, HostNames& names)
    : context_(context),
      owner_(owner),
      names_(names),
      socket_(context.get_executor()),
      in_(max_response_header_bytes + body_read_bytes) {}

void Channel::carry(std::shared_ptr<Exchange> exchange) {
  exchange_ = std::move(exchange);
  used_before_ = phase_ == Phase::kept;
  if (used_before_) return send();
  phase_ = Phase::connecting;
  deadline_ = std::min(exchange_->end(), Clock::now() + connect_timeout);
  names_.find(exchange_->first_hop().host, [weak = weak_from_this()](const HostNames::Found& found) {
    if (auto self = weak.lock(); self && self->phase_ == Phase::connecting) self->resolved(found);
  });
}

void Channel::check_deadline(Clock::time_point now) {
  if (now < deadline_ || !exchange_) return;
  const bool to_proxy = exchange_->proxy && (phase_ == Phase::connecting || phase_ == Phase::tunnelling);
  const Url& whom = to_proxy ? *exchange_->proxy : *exchange_->url;
  if (deadline_ == exchange_->end()) return finish(exchange_->timed_out(whom));
  finish(exchange_->did_not_connect(whom, deadline_));
}

std::shared_ptr<Exchange> Channel::close() {
  phase_ = Phase::closed;
  if (dial_) dial_->stop();
  Code ignored;
  socket_.close(ignored);
  return std::move(exchange_);
}

void Channel::resolved(const HostNames::Found& found) {
  if (!found.error.empty()) return finish(exchange_->no_address(found.error));
  std::vector<asio::ip::tcp::endpoint> endpoints;
  for (const auto& address : found.addresses) endpoints.emplace_back(address, exchange_->first_hop().port);
  dial_ = std::make_shared<Dial>(context_, std::move(endpoints),
                                 [self = shared_from_this()](const Code& error, Socket socket) {
                                   self->connected(error, std::move(socket));
                                 });
  dial_->start();
}

void Channel::connected(const Code& error, Socket socket) {
  dial_ = nullptr;
  if (error) return finish(exchange_->no_connection(error.message()));
  socket_ = std::move(socket);
  Code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  socket_.non_blocking(true, ignored);
  if (!exchange_->url->secure) return send();
  if (exchange_->proxy) return open_tunnel();
  shake_hands();
}

void Channel::open_tunnel() {
  phase_ = Phase::tunnelling;
  tunnel_request_ = connect_head(*exchange_->url, *exchange_->proxy);
  heads_bytes_ = 0;
  expect_answer();
  write({asio::buffer(std::as_const(tunnel_request_)), {}});
  read();
}

void Channel::tunnel_answered() {
  const int status = parser_->status();
  if (status < 200 || status >= 300)
    return finish(exchange_->no_tunnel("it answered " + std::to_string(status)));
  if (in_.size() != 0)  // nobody has asked the server for anything yet
    return finish(exchange_->no_tunnel("it speaks in the server's name"));
  shake_hands();
}

void Channel::shake_hands() {
  phase_ = Phase::shaking_hands;
  tls_ = Tls::over(socket_, exchange_->url->host);
  if (!tls_) return finish(exchange_->no_tls("there is no memory for it"));
  tls_->shake_hands([self = shared_from_this()](const Code& error, std::size_t) {
    if (self->phase_ != Phase::shaking_hands) return;
    if (!error) return self->send();
    const std::string distrust = self->tls_->distrust();
    self->finish(distrust.empty() ? self->exchange_->no_tls(error.message())
                                  : self->exchange_->distrusted(distrust));
  });
}

void Channel::send() {
  phase_ = Phase::exchanging;
  deadline_ = exchange_->end();
  heads_bytes_ = 0;
  expect_answer();
  write({asio::buffer(std::as_const(exchange_->head)), asio::buffer(std::as_const(exchange_->request.body))});
  read();
}

/// Failures are not looked at: the read says what became of the connection, and perhaps an answer is there.
void Channel::write(const Tls::Buffers& all) {
  const auto written = [self = shared_from_this(), exchange = exchange_](const Code&, std::size_t) {
    self->writing_ = false;
  };
  if (tls_) {
    writing_ = true;
    return tls_->write(all, written);
  }
  Code error;
  const std::size_t sent = socket_.write_some(all, error);  // mostly everything, without a turn of the loop
  const std::size_t head_sent = std::min(sent, all[0].size());
  const Tls::Buffers rest{all[0] + head_sent, all[1] + (sent - head_sent)};
  if (asio::buffer_size(rest) == 0 || (error && error != asio::error::would_block)) return;
  writing_ = true;
  asio::async_write(socket_, rest, written);
}

/// Also while it is kept: that is how its end is noticed.
void Channel::read() {
  if (std::exchange(reading_, true)) return;
  const bool body = phase_ == Phase::exchanging && parser_->begun();
  const std::size_t room = in_.max_size() - in_.size();  // never 0: the parser refuses before it is full
  const auto into = in_.prepare(std::min(room, body ? body_read_bytes : first_read_bytes));
  auto got = [self = shared_from_this()](const Code& error, std::size_t bytes) {
    self->reading_ = false;
    if (self->phase_ == Phase::closed) return;
    if (error) return self->broken(error);
    self->received(bytes);
  };
  if (tls_) return tls_->read(into, std::move(got));
  socket_.async_read_some(into, std::move(got));
}

void Channel::received(std::size_t bytes) {
  in_.commit(bytes);
  if (phase_ != Phase::kept) return advance();
  close();  // an answer to nothing
  owner_.lost(shared_from_this());
}

void Channel::broken(const Code& error) {
  const auto self = shared_from_this();
  if (phase_ == Phase::kept) {
    close();
    return owner_.lost(self);
  }
  const bool unanswered = !parser_->begun() && in_.size() == 0 && heads_bytes_ == 0;
  if (used_before_ && unanswered && exchange_->is_repeatable()) return owner_.unused(self, close());
  if (phase_ == Phase::tunnelling) return finish(exchange_->no_tunnel("it closed the connection"));
  if (error == asio::error::eof) parser_->end_of_stream();
  if (parser_->state() != ResponseParser::State::done)
    return finish(exchange_->closed_early(error.message()));
  complete();
}

/// The first, or the one behind an interim answer.
void Channel::expect_answer() {
  const bool head_only = phase_ == Phase::tunnelling || exchange_->request.method == "HEAD";
  parser_.emplace(head_only, max_response_header_bytes - heads_bytes_, exchange_->request.max_response_bytes);
}

/// Feeds the parser what is here; then reads on, or ends.
void Channel::advance() {
  for (;;) {
    in_.consume(parser_->take({static_cast<const char*>(in_.data().data()), in_.size()}));
    switch (parser_->state()) {
      case ResponseParser::State::done:
        break;
      case ResponseParser::State::too_large:
        return finish(exchange_->too_large());
      case ResponseParser::State::not_http:
        return finish(nonsense());
      default:
        return read();
    }
    if (!parser_->is_interim()) return phase_ == Phase::tunnelling ? tunnel_answered() : complete();
    heads_bytes_ += parser_->head_bytes();
    if (heads_bytes_ >= max_response_header_bytes) return finish(exchange_->too_large());
    expect_answer();
  }
}

Error Channel::nonsense() const {
  if (phase_ == Phase::tunnelling) return exchange_->no_tunnel("it does not speak HTTP");
  const int status = parser_->status();
  return status >= 200 ? exchange_->unreadable(status, "the rest") : exchange_->not_http();
}

void Channel::complete() {
  OutboundResponse response = std::move(parser_->response());
  response.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - exchange_->started);
  keep(response);
  if (!response.body.empty() && is_decodable(response.headers)) {
    const std::size_t most = exchange_->request.max_response_bytes;  // also of what shrinks like a bomb
    const auto refusal = decode_body(response.headers, response.body, most, most);
    if (refusal)
      return finish(refusal->status == 413 ? exchange_->too_large()
                                           : exchange_->unreadable(response.status, "its compressed body"));
  }
  finish(std::move(response));
}

/// If the connection is good for another exchange.
void Channel::keep(const OutboundResponse& response) {
  if (!parser_->keep_alive() || response.status < 200 || in_.size() != 0 || writing_ || !socket_.is_open())
    return;
  if (same_word(header(exchange_->request.headers, "connection"), "close")) return;  // as we have announced
  const auto time = kept_for(response.headers);
  if (time.count() == 0) return;
  phase_ = Phase::kept;
  deadline_ = Clock::now() + time;
  if (in_.capacity() > first_read_bytes) in_.shrink_to_fit();
}

void Channel::finish(Result<OutboundResponse> result) {
  const auto self = shared_from_this();
  auto exchange = phase_ == Phase::kept ? std::move(exchange_) : close();
  if (phase_ == Phase::kept) read();
  owner_.ended(self, std::move(exchange), std::move(result));
}

}  // namespace waggle::http
