// All destinations that calls go to, by name: a connection's, or the address of calls that need none. Tells
// logs and metrics when one is left alone. Made once; any thread.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/call_destination.hpp"
#include "core/observe/log.hpp"
#include "core/observe/metrics.hpp"

namespace waggle::engine {

/// Addresses come out of events and could be anything: beyond this many the one that was not called for the
/// longest time is forgotten, also when it fails: called again, it has to fail anew before it is left alone.
/// More are known only while each of them has calls under way or in line.
inline constexpr std::size_t most_destinations = 1'024;

class Destinations {
 public:
  Destinations(observe::Log& log, observe::Metrics& metrics) : log_(log), metrics_(metrics) {}

  std::shared_ptr<Destination> of(std::string_view name);
  std::vector<std::shared_ptr<Destination>> all() const;  ///< by name
  /// Counts a call that had to leave memory.
  void held(const Destination& destination);
  /// At a stop, while everything still stands: calls that end later call nobody from a line, whose runs may
  /// be gone by then.
  void close();

 private:
  void heard(const Destination& destination, bool opened);
  void make_room();

  observe::Log& log_;
  observe::Metrics& metrics_;
  using ByUse = std::list<std::shared_ptr<Destination>>;

  mutable std::mutex mutex_;  ///< of what follows, and of the destinations' metrics
  ByUse by_use_;              ///< called last first
  std::map<std::string_view, ByUse::iterator> by_name_;  ///< the names are the destinations' own
  bool closed_ = false;
};

/// Milliseconds of the monotonic clock, for Destination.
std::int64_t steady_ms();

/// What a call without a connection is counted under: scheme, host and port of the input `url`; the
/// connector's id when there is none. `input` is the call's JSON object.
std::string destination_of_url(std::string_view connector, std::string_view input);

}  // namespace waggle::engine
