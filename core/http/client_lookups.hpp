// One name look-up at a time per host: libcurl starts a thread for each look-up that its cache cannot answer,
// so a burst of a thousand requests to one new host would be a thousand threads. The first request goes
// ahead; the others follow when the name is known. Used by the client, on its loop.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/http/client_exchange.hpp"

namespace waggle::http {

class Lookups {
 public:
  using Clock = std::chrono::steady_clock;
  using Waiting = std::deque<std::unique_ptr<Exchange>>;

  /// True if the exchange may start now; otherwise it is kept until one of the next four gives it back.
  bool may_start(std::unique_ptr<Exchange>& exchange);
  /// The host's addresses are in libcurl's cache: these may start.
  Waiting resolved(const std::string& host);
  /// The exchange that went ahead ended, its name unknown: these waited for it.
  Waiting abandoned(const std::string& host);
  /// Their time is up while they wait.
  Waiting expired();
  bool is_pending(const std::string& host) const;
  Waiting take_all();
  /// When the time of the first of those that wait is up; far away when nobody waits.
  Clock::time_point next_end() const;
  std::size_t waiting() const { return waiting_; }

 private:
  struct Host {
    bool pending = false;
    Clock::time_point known_until{};
    Waiting waiting;
  };
  Waiting take(Host& host);
  void forget_old();

  std::unordered_map<std::string, Host> hosts_;
  std::size_t waiting_ = 0;
};

/// How long libcurl may use an address; ours is shorter, so that a known name is never looked up by many at
/// once.
inline constexpr std::chrono::seconds dns_cache_time{60};

}  // namespace waggle::http
