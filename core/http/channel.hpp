// One outbound connection: made for its first exchange, kept for the next ones. Made by the client, on its
// loop.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "core/http/client_exchange.hpp"
#include "core/http/dial.hpp"
#include "core/http/host_names.hpp"
#include "core/http/response_parser.hpp"
#include "core/http/tls.hpp"

namespace waggle::http {

class Channel;

/// Who made the channel and keeps it. None of these is called inside carry(), nor after close().
class ChannelOwner {
 public:
  /// The exchange is over. A channel that is open then may carry another one.
  virtual void ended(const std::shared_ptr<Channel>& channel, std::shared_ptr<Exchange> exchange,
                     Result<OutboundResponse> result) = 0;
  /// It had been kept, and closed before it gave a byte of an answer: the exchange may go over a new one.
  virtual void unused(const std::shared_ptr<Channel>& channel, std::shared_ptr<Exchange> exchange) = 0;
  /// Closed by the other side while it was kept.
  virtual void lost(const std::shared_ptr<Channel>& channel) = 0;

 protected:
  ~ChannelOwner() = default;
};

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(boost::asio::io_context& context, ChannelOwner& owner, HostNames& names);

  void carry(std::shared_ptr<Exchange> exchange);
  /// Ends what it carries as timed out, if it is.
  void check_deadline(Clock::time_point now);
  /// Silently; gives back what it carried.
  std::shared_ptr<Exchange> close();

  bool is_open() const { return phase_ != Phase::closed; }
  /// Of the exchange, or of the wait for a next one.
  Clock::time_point deadline() const { return deadline_; }

  std::string origin{};  ///< of what it carries; the client's
  std::size_t slot = 0;  ///< where the client has it while it carries something

 private:
  enum class Phase { unset, connecting, tunnelling, shaking_hands, exchanging, kept, closed };

  void resolved(const HostNames::Found& found);
  void connected(const Code& error, Socket socket);
  void open_tunnel();
  void tunnel_answered();
  void shake_hands();
  void send();
  void write(const Tls::Buffers& all);
  void read();
  void received(std::size_t bytes);
  void broken(const Code& error);
  void advance();
  Error nonsense() const;
  void complete();
  void keep(const OutboundResponse& response);
  void finish(Result<OutboundResponse> result);
  void expect_answer();

  boost::asio::io_context& context_;
  ChannelOwner& owner_;
  HostNames& names_;
  Socket socket_;
  std::unique_ptr<Tls> tls_;
  std::shared_ptr<Dial> dial_;
  std::shared_ptr<Exchange> exchange_;
  std::string tunnel_request_;
  boost::beast::flat_buffer in_;
  std::optional<ResponseParser> parser_;
  std::size_t heads_bytes_ = 0;  ///< of the interim answers before this one
  Clock::time_point deadline_ = Clock::time_point::max();
  Phase phase_ = Phase::unset;
  bool used_before_ = false;  ///< by an exchange before this one
  bool reading_ = false;
  bool writing_ = false;
};

}  // namespace waggle::http
