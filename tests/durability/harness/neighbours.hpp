// What bad company costs: apps that never answer beside a healthy one, ten thousand connections that idle or
// dawdle, and thousands of calls that wait. Measurements, printed as ratios; quiet machines give steady ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <waggle/result.hpp>

namespace waggle::durability {

struct NeighbourOptions {
  std::string program;
  std::uint64_t seed = 1;
  std::chrono::seconds measured{8};  ///< each of the measurements
};

/// Deliveries a second to a healthy app: alone, and beside ten that accept connections and never answer.
/// Means of several fresh servers by turns.
struct DeadApps {
  double alone = 0, beside = 0;
  std::int64_t waiting = 0;  ///< events for the dead ones, all accepted
  double ratio() const { return alone > 0 ? beside / alone : 0; }
};
Result<DeadApps> dead_apps(const NeighbourOptions& options);

/// The 99th percentile of a good client's acknowledgements: alone, and beside connections that idle after one
/// request or send a head one byte a second.
struct HeldConnections {
  double quiet_ms = 0, beside_ms = 0;
  int held = 0;  ///< open at the end of the measurement
  double ratio() const { return quiet_ms > 0 ? beside_ms / quiet_ms : 0; }
};
Result<HeldConnections> held_connections(const NeighbourOptions& options, int connections);

/// Threads and memory before and while this many actions wait for a receiver that takes its time.
struct WaitingActions {
  int threads_before = 0, threads = 0;
  std::int64_t more_resident_bytes = 0;
  int in_hand = 0;  ///< requests that the receiver holds at that moment
};
Result<WaitingActions> waiting_actions(const NeighbourOptions& options, int actions);

}  // namespace waggle::durability
