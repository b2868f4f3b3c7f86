// See host_names.hpp.
#include "core/http/host_names.hpp"

#include <netdb.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace waggle::http {
namespace {

namespace asio = boost::asio;
using Address = asio::ip::address;

/// As long as libcurl and browsers remember an address, whatever its record says.
constexpr std::chrono::seconds remembered{60};
/// Names that are looked up at once: a name server that is down holds each for up to half a minute.
constexpr std::size_t max_threads = 32;
/// Flows call few hosts; a map this large has old ones to forget.
constexpr std::size_t many_hosts = 1024;

/// By turns of the two families, beginning with the first, so that one family that leads nowhere is not tried
/// to its end first (RFC 8305, 4).
std::vector<Address> by_turns(const std::vector<Address>& all) {
  std::vector<Address> first, second, out;
  for (const Address& address : all)
    (address.is_v6() == all.front().is_v6() ? first : second).push_back(address);
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) out.push_back(first[i]);
    if (i < second.size()) out.push_back(second[i]);
  }
  return out;
}

/// Blocks.
HostNames::Found ask(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0)
    return {{}, ::gai_strerror(code)};
  std::vector<Address> addresses;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
    endpoint.resize(one->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  ::freeaddrinfo(list);
  if (addresses.empty()) return {{}, "no usable address"};
  return {by_turns(addresses), {}};
}

}  // namespace

struct HostNames::Mailbox {
  std::mutex mutex;  ///< its owner may end while a thread posts to the loop
  asio::io_context* context;
  HostNames* names;
};

HostNames::HostNames(asio::io_context& context) : mailbox_(new Mailbox{{}, &context, this}) {}

HostNames::~HostNames() {
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->context = nullptr;
  mailbox_->names = nullptr;
}

void HostNames::find(const std::string& host, Tell tell) {
  const auto known = hosts_.find(host);
  if (known != hosts_.end() && known->second.known_until > Clock::now())
    return tell(Found(known->second.found));
  boost::system::error_code not_numeric;
  if (const Address address = asio::ip::make_address(host, not_numeric); !not_numeric)
    return tell({{address}, {}});
  if (hosts_.size() > many_hosts) forget_old();
  Host& entry = hosts_[host];
  entry.waiting.push_back(std::move(tell));
  if (std::exchange(entry.looked_up, true)) return;
  if (threads_ == max_threads) return queue_.push_back(host);
  look_up(host);
}

void HostNames::look_up(const std::string& host) {
  ++threads_;
  const auto look = [mailbox = mailbox_, host] {
    Found found = ask(host);
    const std::lock_guard lock(mailbox->mutex);
    if (mailbox->context == nullptr) return;
    asio::post(*mailbox->context, [mailbox, host, found = std::move(found)]() mutable {
      if (mailbox->names != nullptr) mailbox->names->learned(host, std::move(found));
    });
  };
  try {
    std::thread(look).detach();
  } catch (const std::system_error& error) {
    asio::post(*mailbox_->context, [mailbox = mailbox_, host, why = std::string(error.what())] {
      if (mailbox->names != nullptr) mailbox->names->learned(host, {{}, "no thread to look it up: " + why});
    });
  }
}

void HostNames::learned(const std::string& host, Found found) {
  const auto mailbox = mailbox_;  // who is told may end us
  --threads_;
  if (!queue_.empty()) {
    const std::string next = std::move(queue_.front());
    queue_.pop_front();
    look_up(next);
  }
  Host& entry = hosts_[host];
  entry.looked_up = false;
  if (found.error.empty()) {
    entry.known_until = Clock::now() + remembered;
    entry.found = found;
  }
  const auto waiting = std::exchange(entry.waiting, {});
  if (!found.error.empty()) hosts_.erase(host);
  for (const Tell& tell : waiting)
    if (mailbox->names != nullptr) tell(found);
}

void HostNames::forget_old() {
  const auto now = Clock::now();
  std::erase_if(
      hosts_, [&](const auto& entry) { return !entry.second.looked_up && entry.second.known_until <= now; });
}

}  // namespace waggle::http
