// The outbound client: its connections, and the one timer that watches their deadlines. See client.hpp.
#include "core/http/client.hpp"

#include <unordered_map>
#include <utility>
#include <vector>

#include "core/http/channel.hpp"
#include "core/http/proxies.hpp"
#include "core/http/request_text.hpp"

namespace waggle::http {
namespace {

namespace asio = boost::asio;

/// Connections kept for the next request; more than a flow's hosts need, less than a descriptor limit.
constexpr std::size_t max_kept = 512;

}  // namespace

class Client::State final : public ChannelOwner, public std::enable_shared_from_this<State> {
 public:
  explicit State(Loop& loop)
      : context_(loop.context()),
        timer_(context_.get_executor()),
        names_(context_),
        proxies_(Proxies::from_environment()) {}

  void send(OutboundRequest request, Answered answered);
  std::size_t under_way() const { return busy_.size(); }
  void close();

 private:
  struct Destination {
    std::shared_ptr<const Url> url, proxy;
  };
  using Channels = std::vector<std::shared_ptr<Channel>>;

  Result<Destination> destination_of(const std::string& url);
  void begin(std::shared_ptr<Channel> channel, std::shared_ptr<Exchange> exchange);
  std::shared_ptr<Channel> kept_channel(const std::string& origin);
  void no_longer_busy(Channel& channel);
  void look_at(Clock::time_point deadline);
  void look();

  void ended(const std::shared_ptr<Channel>& channel, std::shared_ptr<Exchange> exchange,
             Result<OutboundResponse> result) override;
  void unused(const std::shared_ptr<Channel>& channel, std::shared_ptr<Exchange> exchange) override;
  void lost(const std::shared_ptr<Channel>& channel) override;

  asio::io_context& context_;
  Timer timer_;
  HostNames names_;
  const Proxies proxies_;
  Channels busy_;
  std::unordered_map<std::string, Channels> kept_;  ///< by Url::origin; the last used last
  std::size_t kept_count_ = 0;
  Clock::time_point looks_at_ =
      Clock::time_point::max();  ///< when `timer_` rings: at the next deadline or before
  std::string last_url_;         ///< most calls go where the one before went
  Destination last_destination_;
  bool closed_ = false;
};

Result<Client::State::Destination> Client::State::destination_of(const std::string& text) {
  if (last_destination_.url && text == last_url_) return last_destination_;
  WAGGLE_TRY(Url url, read_url(text));
  Destination destination{std::make_shared<const Url>(std::move(url)), nullptr};
  WAGGLE_TRY(destination.proxy, proxies_.on_the_way_to(*destination.url));
  last_url_ = text;
  last_destination_ = destination;
  return destination;
}

void Client::State::send(OutboundRequest request, Answered answered) {
  auto destination = destination_of(request.url);
  if (!destination) return answered(std::move(destination).error());
  auto head = request_head(request, *destination->url, destination->proxy.get());
  if (!head) return answered(std::move(head).error());
  auto exchange = std::make_shared<Exchange>();
  exchange->request = std::move(request);
  exchange->url = std::move(destination->url);
  exchange->proxy = std::move(destination->proxy);
  exchange->head = std::move(*head);
  exchange->answered = std::move(answered);
  if (exchange->request.timeout.count() <= 0) return exchange->answered(exchange->timed_out(*exchange->url));
  if (closed_) return exchange->answered(exchange->stopping());
  auto channel = kept_channel(exchange->url->origin);
  if (!channel) channel = std::make_shared<Channel>(context_, *this, names_);
  begin(std::move(channel), std::move(exchange));
}

void Client::State::begin(std::shared_ptr<Channel> channel, std::shared_ptr<Exchange> exchange) {
  channel->origin = exchange->url->origin;
  channel->slot = busy_.size();
  busy_.push_back(channel);
  channel->carry(std::move(exchange));
  look_at(channel->deadline());
}

/// The one used last, as it is the least likely to be closed by the other side.
std::shared_ptr<Channel> Client::State::kept_channel(const std::string& origin) {
  const auto found = kept_.find(origin);
  if (found == kept_.end() || found->second.empty()) return nullptr;
  auto channel = std::move(found->second.back());
  found->second.pop_back();
  --kept_count_;
  return channel;
}

void Client::State::no_longer_busy(Channel& channel) {
  const std::size_t slot = channel.slot;
  if (slot + 1 != busy_.size()) {
    busy_[slot] = std::move(busy_.back());
    busy_[slot]->slot = slot;
  }
  busy_.pop_back();
}

void Client::State::ended(const std::shared_ptr<Channel>& channel, std::shared_ptr<Exchange> exchange,
                          Result<OutboundResponse> result) {
  no_longer_busy(*channel);
  if (channel->is_open()) {
    if (kept_count_ < max_kept) {
      kept_[channel->origin].push_back(channel);
      ++kept_count_;
      look_at(channel->deadline());
    } else {
      channel->close();
    }
  }
  exchange->answered(std::move(result));  // may send again, or end this client
}

void Client::State::unused(const std::shared_ptr<Channel>& channel, std::shared_ptr<Exchange> exchange) {
  no_longer_busy(*channel);
  begin(std::make_shared<Channel>(context_, *this, names_), std::move(exchange));
}

void Client::State::lost(const std::shared_ptr<Channel>& channel) {
  const auto found = kept_.find(channel->origin);
  if (found == kept_.end()) return;
  kept_count_ -= std::erase(found->second, channel);
  if (found->second.empty()) kept_.erase(found);
}

/// Setting a timer is a system call, so one that rings too early is left to ring and looks again: time-outs
/// are much alike, so that is once in a time-out's length.
void Client::State::look_at(Clock::time_point deadline) {
  if (deadline >= looks_at_) return;
  looks_at_ = deadline;
  timer_.expires_at(deadline);
  timer_.async_wait([weak = weak_from_this()](const Code& error) {
    auto self = weak.lock();
    if (!error && self && !self->closed_) self->look();
  });
}

void Client::State::look() {
  looks_at_ = Clock::time_point::max();
  const auto now = Clock::now();
  for (auto& [origin, channels] : kept_)
    kept_count_ -= std::erase_if(channels, [&](const auto& channel) {
      return channel->deadline() <= now && (channel->close(), true);
    });
  std::erase_if(kept_, [](const auto& entry) { return entry.second.empty(); });
  for (const auto& channel : Channels(busy_))
    channel->check_deadline(now);  // whoever is told may send, or end us
  if (closed_) return;
  auto next = Clock::time_point::max();
  for (const auto& channel : busy_) next = std::min(next, channel->deadline());
  for (const auto& [origin, channels] : kept_)
    for (const auto& channel : channels) next = std::min(next, channel->deadline());
  if (next != Clock::time_point::max()) look_at(next);
}

void Client::State::close() {
  closed_ = true;
  timer_.cancel();
  for (const auto& [origin, channels] : std::exchange(kept_, {}))
    for (const auto& channel : channels) channel->close();
  for (const auto& channel : std::exchange(busy_, {}))
    if (auto exchange = channel->close()) exchange->answered(exchange->stopping());
}

Client::Client(Loop& loop) : state_(std::make_shared<State>(loop)) {}

Client::~Client() { state_->close(); }

void Client::send(OutboundRequest request, Answered answered) {
  state_->send(std::move(request), std::move(answered));
}

std::size_t Client::under_way() const { return state_->under_way(); }

}  // namespace waggle::http
