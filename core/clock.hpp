// The wall clock, for what is recorded and shown; intervals use the steady clock. What must be replayed is
// given the time as an argument instead. Any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace waggle {

/// Unix milliseconds, UTC.
inline std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace waggle
