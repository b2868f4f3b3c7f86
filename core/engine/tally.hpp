// Tally: one loop's handles of counters. Looking a labelled counter up costs a lock and several allocations,
// so each loop keeps those it has met: one per flow, source, action and outcome of the project. On its loop.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "core/observe/metrics.hpp"

namespace waggle::engine {

class Tally {
 public:
  explicit Tally(observe::Metrics& metrics) : metrics_(metrics), ack_time_(metrics.ack_time()) {}

  void event_received(std::string_view source);
  void event_duplicate(std::string_view source);
  void run(std::string_view flow, std::string_view state);
  void effect(std::string_view connector, std::string_view action, std::string_view outcome);
  const observe::Histogram& effect_time(std::string_view connector);
  const observe::Histogram& ack_time() const { return ack_time_; }

 private:
  template <class Handle>
  using Handles = std::unordered_map<std::string, Handle>;

  observe::Metrics& metrics_;
  observe::Histogram ack_time_;
  Handles<observe::Counter> received_, duplicates_, runs_, effects_;
  Handles<observe::Histogram> effect_times_;
  std::string key_;  // of the look-up at work; keeps its memory
};

}  // namespace waggle::engine
