// What a data folder holds while no server runs on it. Reads only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <waggle/result.hpp>

#include "tests/durability/harness/sink.hpp"

namespace waggle::durability {

/// Deliveries that reached the sink while the store does not know it: under way when the server was killed.
/// Only these may be delivered again.
Result<std::set<Place>> in_flight(const std::string& data_dir, const Sink& sink);

struct Stored {
  std::map<std::string, std::string> bodies;  ///< delivery id -> digest of the body
  std::set<std::string> twice;                ///< delivery ids with two events
  std::set<std::string> parked;               ///< delivery ids of events with a parked run
  std::map<std::string, int>
      unfinished;  ///< delivery ids of events with a run that is neither final nor parked
};
Result<Stored> stored(const std::string& data_dir);

/// Runs that are neither final nor parked.
Result<std::int64_t> unfinished_runs(const std::string& data_dir);

}  // namespace waggle::durability
