// Host names to addresses. The C library's look-up blocks, so each runs on a thread of its own, one at a time
// for a name, whoever asks meanwhile waits for the same one; answers are remembered for a while. One per
// client, on its loop.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/http/loop_types.hpp"

namespace waggle::http {

class HostNames {
 public:
  struct Found {
    std::vector<boost::asio::ip::address> addresses;  ///< in the order in which to try them
    std::string error;                                ///< why there are none
  };
  using Tell = std::function<void(const Found&)>;

  explicit HostNames(boost::asio::io_context& context);
  ~HostNames();  ///< who still waits is not told; threads that still look end by themselves
  HostNames(const HostNames&) = delete;
  HostNames& operator=(const HostNames&) = delete;

  /// Tells at once what is known, and for addresses written as numbers; else later, on the loop.
  void find(const std::string& host, Tell tell);

 private:
  struct Host {
    bool looked_up = false;  ///< at the moment, or in the queue for it
    Clock::time_point known_until{};
    Found found;
    std::vector<Tell> waiting;
  };
  struct Mailbox;

  void look_up(const std::string& host);
  void learned(const std::string& host, Found found);
  void forget_old();

  std::shared_ptr<Mailbox> mailbox_;  ///< where the threads leave what they found
  std::unordered_map<std::string, Host> hosts_;
  std::deque<std::string> queue_;  ///< names for which there is no thread yet
  std::size_t threads_ = 0;
};

}  // namespace waggle::http
