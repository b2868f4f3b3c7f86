// The outbound client: libcurl's multi_socket interface on an event loop. See client.hpp.
//
// All of libcurl's sockets are in one epoll set of our own, and the loop watches that set as one descriptor.
// So nothing of Asio is tied to a socket that libcurl may close and open again at any time: a closed one
// leaves the set by itself, and news about a number that was used again is only a hint, which libcurl checks
// by reading. Source: curl_multi_socket_action(3), epoll(7) on nested sets (read 2026-11).
#include "core/http/client.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/http/client_exchange.hpp"
#include "core/http/client_lookups.hpp"

namespace waggle::http {
namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Clock = std::chrono::steady_clock;

/// Idle connections kept for the next request; more than a flow's hosts need, less than a descriptor limit.
/// libcurl's limit counts those in use too: were it fixed, a thousand calls that hang would make every other
/// call open a connection of its own. Source: lib/conncache.c of 7.88, Curl_conncache_return_conn (read
/// 2026-11).
constexpr long max_idle_connections = 512;
/// Handles kept for the next request: some 5 KiB each.
constexpr std::size_t max_spare_handles = 256;
constexpr std::size_t events_at_once = 128;

}  // namespace

struct Client::State : std::enable_shared_from_this<Client::State> {
  explicit State(Loop& loop)
      : context(loop.context()),
        events(context.get_executor()),
        timer(context.get_executor()),
        waiting_timer(context.get_executor()) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    events.assign(epoll);
  }

  ~State() {
    if (multi != nullptr) curl().multi_cleanup(multi);
  }

  void set_up();
  void begin(std::unique_ptr<Exchange> exchange);
  void start(std::unique_ptr<Exchange> exchange);
  void release(const std::string& host);
  void watch();
  void wake_at(Clock::time_point when);
  void woken();
  void read_events();
  void act(curl_socket_t socket, int what);
  void collect();
  void finished(CURL* easy, CURLcode code);
  Result<Destination> destination_of(const std::string& url);
  void end_lookup(const std::string& host, CURLcode code, const Result<OutboundResponse>& result);
  void watch_waiting(Clock::time_point end);
  void close();
  static Error ending(const Exchange& exchange) {
    return retry("the call to " + exchange.destination().host +
                 " was cut off because Waggle is stopping; it is made again after the start");
  }

  Easy handle() {
    if (spare.empty()) return Easy(curl().easy_init());
    Easy easy = std::move(spare.back());
    spare.pop_back();
    return easy;
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known);
  static int on_timer(CURLM*, long timeout_ms, void* self);

  asio::io_context& context;
  asio::posix::basic_stream_descriptor<Executor> events;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> waiting_timer;
  CURLM* multi = nullptr;  ///< null until the first call
  int epoll = -1;
  Lookups lookups;
  std::unordered_map<CURL*, std::unique_ptr<Exchange>> running;
  std::vector<Easy> spare;
  Clock::time_point wanted = Clock::time_point::max();         ///< when libcurl wants to be called next
  Clock::time_point armed = Clock::time_point::max();          ///< when `timer` rings: at `wanted` or before
  Clock::time_point waiting_armed = Clock::time_point::max();  ///< when `waiting_timer` rings
  std::string last_url;  ///< most calls go where the one before went, and reading a URL is not cheap
  Destination last_destination;
  bool called_soon = false;  ///< a call at once is posted
  bool closed = false;
};

/// With the first call.
void Client::State::set_up() {
  if (multi != nullptr) return;
  multi = curl().multi_init();
  curl().multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
  curl().multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl().multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
  curl().multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

/// libcurl wants to know about a socket. `known` is what we gave it for this socket: a mark that it is in the
/// set.
int Client::State::on_socket(CURL*, curl_socket_t socket, int what, void* data, void* known) {
  auto* self = static_cast<State*>(data);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(self->epoll, EPOLL_CTL_DEL, socket, nullptr);
    curl().multi_assign(self->multi, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.data.fd = socket;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) event.events |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) event.events |= EPOLLOUT;
  const int operation = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(self->epoll, operation, socket, &event) != 0)  // the number was closed and used again
    epoll_ctl(self->epoll, operation == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  if (known == nullptr) curl().multi_assign(self->multi, socket, self);
  return 0;
}

/// libcurl names the time of its next call several times a request, mostly "at once" and then a time-out far
/// away. Setting a timer is a system call, so one that rings too early is left to ring and looks again, and
/// "at once" is a turn of the loop, shared by all requests of this turn.
int Client::State::on_timer(CURLM*, long timeout_ms, void* data) {
  auto* self = static_cast<State*>(data);
  if (self->closed) return 0;
  if (timeout_ms < 0) {
    self->wanted = Clock::time_point::max();
  } else if (timeout_ms == 0) {
    if (std::exchange(self->called_soon, true)) return 0;
    asio::post(self->context, [state = self->weak_from_this()] {
      auto self = state.lock();
      if (!self || self->closed) return;
      self->called_soon = false;
      self->act(CURL_SOCKET_TIMEOUT, 0);
    });
  } else {
    self->wake_at(Clock::now() + std::chrono::milliseconds(timeout_ms));
  }
  return 0;
}

void Client::State::wake_at(Clock::time_point when) {
  wanted = when;
  if (armed <= wanted) return;
  armed = wanted;
  timer.expires_at(armed);
  timer.async_wait([state = weak_from_this()](const Code& error) {
    auto self = state.lock();
    if (!error && self && !self->closed) self->woken();
  });
}

void Client::State::woken() {
  armed = Clock::time_point::max();
  if (wanted == Clock::time_point::max()) return;
  if (wanted > Clock::now()) return wake_at(wanted);
  wanted = Clock::time_point::max();
  act(CURL_SOCKET_TIMEOUT, 0);
}

void Client::State::begin(std::unique_ptr<Exchange> exchange) {
  if (exchange->left().count() <= 0) return exchange->answer(exchange->timed_out());
  const Clock::time_point end = exchange->end();
  if (lookups.may_start(exchange)) return start(std::move(exchange));
  watch_waiting(end);
}

void Client::State::start(std::unique_ptr<Exchange> exchange) {
  if (closed) return exchange->answer(ending(*exchange));
  set_up();
  if (exchange->left().count() <= 0) {
    end_lookup(exchange->destination().host, CURLE_OPERATION_TIMEDOUT, exchange->timed_out());
    return exchange->answer(exchange->timed_out());
  }
  if (auto prepared = exchange->prepare(handle()); !prepared) {
    end_lookup(exchange->destination().host, CURLE_ABORTED_BY_CALLBACK, prepared.error());
    return exchange->answer(prepared.error());
  }
  if (lookups.is_pending(exchange->destination().host))
    exchange->on_resolved = [state = weak_from_this(), host = exchange->destination().host] {
      auto self = state.lock();
      if (!self || !self->lookups.is_pending(host)) return;
      asio::post(self->context,
                 [self, host] { self->release(host); });  // libcurl must not be entered from its callback
    };
  CURL* easy = exchange->easy();
  running.emplace(easy, std::move(exchange));
  curl().multi_setopt(multi, CURLMOPT_MAXCONNECTS, max_idle_connections + static_cast<long>(running.size()));
  if (const CURLMcode code = curl().multi_add_handle(multi, easy); code != CURLM_OK)
    finished(easy, CURLE_OUT_OF_MEMORY);
}

Result<Destination> Client::State::destination_of(const std::string& url) {
  if (url.empty() || url != last_url) {
    WAGGLE_TRY(last_destination, read_url(url));
    last_url = url;
  }
  return last_destination;
}

void Client::State::release(const std::string& host) {
  if (closed) return;
  for (auto& exchange : lookups.resolved(host)) start(std::move(exchange));
}

void Client::State::watch() {
  events.async_wait(asio::posix::descriptor_base::wait_read, [state = weak_from_this()](const Code& error) {
    auto self = state.lock();
    if (error || !self || self->closed) return;
    self->read_events();
    if (!self->closed) self->watch();
  });
}

void Client::State::read_events() {
  std::array<epoll_event, events_at_once> found;
  const int count = epoll_wait(epoll, found.data(), events_at_once, 0);
  for (int i = 0; i < count; ++i) {
    int what = 0;
    if (found[i].events & EPOLLIN) what |= CURL_CSELECT_IN;
    if (found[i].events & EPOLLOUT) what |= CURL_CSELECT_OUT;
    if (found[i].events & (EPOLLERR | EPOLLHUP)) what |= CURL_CSELECT_ERR;
    int left = 0;
    curl().multi_socket_action(multi, found[i].data.fd, what, &left);
  }
  collect();
}

void Client::State::act(curl_socket_t socket, int what) {
  int left = 0;
  curl().multi_socket_action(multi, socket, what, &left);
  collect();
}

/// Callers' functions run in here and may send again, or end this client.
void Client::State::collect() {
  const auto alive = shared_from_this();
  int left = 0;
  while (!closed) {
    const CURLMsg* message = curl().multi_info_read(multi, &left);
    if (message == nullptr) return;
    if (message->msg == CURLMSG_DONE) finished(message->easy_handle, message->data.result);
  }
}

void Client::State::finished(CURL* easy, CURLcode code) {
  const auto found = running.find(easy);
  if (found == running.end()) return;
  auto exchange = std::move(found->second);
  running.erase(found);
  auto result = exchange->finish(code);
  curl().multi_remove_handle(multi, easy);
  if (Easy back = exchange->release(); back && spare.size() < max_spare_handles)
    spare.push_back(std::move(back));
  end_lookup(exchange->destination().host, code, result);
  exchange->answer(std::move(result));
}

/// If others wait for this host's name: they start, or try in turn, or fail alike.
void Client::State::end_lookup(const std::string& host, CURLcode code,
                               const Result<OutboundResponse>& result) {
  if (!lookups.is_pending(host)) return;
  if (code == CURLE_OK) return release(host);
  auto waiting = lookups.abandoned(host);
  for (auto& exchange : waiting) {
    if (code == CURLE_COULDNT_RESOLVE_HOST) {
      exchange->answer(result.error());
    } else {
      begin(std::move(exchange));
    }
  }
}

/// libcurl knows nothing yet of those that wait for another's look-up: their time-outs are ours to keep.
void Client::State::watch_waiting(Clock::time_point end) {
  if (end >= waiting_armed) return;
  waiting_armed = end;
  waiting_timer.expires_at(end);
  waiting_timer.async_wait([state = weak_from_this()](const Code& error) {
    auto self = state.lock();
    if (error || !self || self->closed) return;
    self->waiting_armed = Clock::time_point::max();
    for (auto& exchange : self->lookups.expired()) exchange->answer(exchange->timed_out());
    if (!self->closed) self->watch_waiting(self->lookups.next_end());
  });
}

void Client::State::close() {
  closed = true;
  timer.cancel();
  waiting_timer.cancel();
  if (multi != nullptr) {
    curl().multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl().multi_setopt(multi, CURLMOPT_TIMERFUNCTION, nullptr);
  }
  std::vector<std::unique_ptr<Exchange>> all;
  for (auto& [easy, exchange] : running) {
    curl().multi_remove_handle(multi, easy);
    all.push_back(std::move(exchange));
  }
  running.clear();
  for (auto& exchange : lookups.take_all()) all.push_back(std::move(exchange));
  Code ignored;
  events.close(ignored);
  for (auto& exchange : all) exchange->answer(ending(*exchange));
}

Client::Client(Loop& loop) : state_(std::make_shared<State>(loop)) { state_->watch(); }

Client::~Client() { state_->close(); }

void Client::send(OutboundRequest request, Answered answered) {
  if (const auto loaded = load_curl(); !loaded.ok()) return answered(loaded.error());
  auto destination = state_->destination_of(request.url);
  if (!destination) return answered(std::move(destination).error());
  state_->begin(std::make_unique<Exchange>(std::move(request), std::move(*destination), std::move(answered)));
}

std::size_t Client::under_way() const { return state_->running.size() + state_->lookups.waiting(); }

}  // namespace waggle::http
