// See client_lookups.hpp.
#include "core/http/client_lookups.hpp"

#include <algorithm>
#include <iterator>

namespace waggle::http {
namespace {

constexpr std::chrono::seconds known_time = dns_cache_time - std::chrono::seconds(5);
/// Flows call few hosts; a map this large has old ones to forget.
constexpr std::size_t many_hosts = 1024;

}  // namespace

bool Lookups::may_start(std::unique_ptr<Exchange>& exchange) {
  if (exchange->destination().numeric) return true;
  if (hosts_.size() > many_hosts) forget_old();
  Host& host = hosts_[exchange->destination().host];
  if (host.pending) {
    host.waiting.push_back(std::move(exchange));
    ++waiting_;
    return false;
  }
  if (host.known_until <= Clock::now()) host.pending = true;
  return true;
}

Lookups::Waiting Lookups::resolved(const std::string& name) {
  const auto found = hosts_.find(name);
  if (found == hosts_.end() || !found->second.pending) return {};
  found->second.known_until = Clock::now() + known_time;
  return take(found->second);
}

Lookups::Waiting Lookups::abandoned(const std::string& name) {
  const auto found = hosts_.find(name);
  return found == hosts_.end() || !found->second.pending ? Waiting{} : take(found->second);
}

Lookups::Waiting Lookups::expired() {
  Waiting gone;
  for (auto& [name, host] : hosts_) {
    const auto over =
        std::stable_partition(host.waiting.begin(), host.waiting.end(),
                              [](const auto& exchange) { return exchange->left().count() > 0; });
    std::move(over, host.waiting.end(), std::back_inserter(gone));
    host.waiting.erase(over, host.waiting.end());
  }
  waiting_ -= gone.size();
  return gone;
}

Lookups::Clock::time_point Lookups::next_end() const {
  auto first = Clock::time_point::max();
  for (const auto& [name, host] : hosts_)
    for (const auto& exchange : host.waiting) first = std::min(first, exchange->end());
  return first;
}

bool Lookups::is_pending(const std::string& name) const {
  const auto found = hosts_.find(name);
  return found != hosts_.end() && found->second.pending;
}

Lookups::Waiting Lookups::take_all() {
  Waiting all;
  for (auto& [name, host] : hosts_)
    for (auto& exchange : take(host)) all.push_back(std::move(exchange));
  return all;
}

Lookups::Waiting Lookups::take(Host& host) {
  host.pending = false;
  waiting_ -= host.waiting.size();
  return std::exchange(host.waiting, {});
}

void Lookups::forget_old() {
  const auto now = Clock::now();
  std::erase_if(hosts_, [&](const auto& entry) {
    return !entry.second.pending && entry.second.waiting.empty() && entry.second.known_until <= now;
  });
}

}  // namespace waggle::http
