// See dial.hpp.
#include "core/http/dial.hpp"

#include <utility>

namespace waggle::http {
namespace {

/// RFC 8305, 5: the Connection Attempt Delay.
constexpr std::chrono::milliseconds head_start{250};

}  // namespace

Dial::Dial(boost::asio::io_context& context, std::vector<boost::asio::ip::tcp::endpoint> endpoints, Done done)
    : context_(context),
      endpoints_(std::move(endpoints)),
      done_(std::move(done)),
      timer_(context.get_executor()) {}

void Dial::start() { try_next(); }

void Dial::stop() {
  done_ = nullptr;
  close_all();
}

void Dial::close_all() {
  timer_.cancel();
  Code ignored;
  for (auto& attempt : attempts_)
    if (attempt) attempt->close(ignored);
}

void Dial::try_next() {
  const std::size_t which = attempts_.size();
  attempts_.push_back(std::make_unique<Socket>(context_.get_executor()));
  attempts_.back()->async_connect(endpoints_[which], [self = shared_from_this(), which](const Code& error) {
    self->tried(which, error);
  });
  if (attempts_.size() == endpoints_.size()) return;
  timer_.expires_after(head_start);
  timer_.async_wait([weak = weak_from_this(), which](const Code& error) {
    auto self = weak.lock();
    if (!error && self && self->done_ && self->attempts_.size() == which + 1) self->try_next();
  });
}

void Dial::tried(std::size_t which, const Code& error) {
  if (!done_) return;
  if (!error) {
    Socket socket = std::move(*std::exchange(attempts_[which], nullptr));
    close_all();
    return std::exchange(done_, nullptr)(error, std::move(socket));
  }
  if (++failed_ == endpoints_.size())
    return std::exchange(done_, nullptr)(error, Socket(context_.get_executor()));
  if (attempts_.size() < endpoints_.size()) try_next();
}

}  // namespace waggle::http
