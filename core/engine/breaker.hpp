// A circuit breaker: after many failures an app is left alone for a while, then tried by one call. Pure: it
// is told the time (monotonic milliseconds) and the outcomes. One thread at a time.
//
// Figures: 10 failures in a row, or >= 70 % of >= 10 calls within 5 minutes, open it for 30 s; then one
// probe; each failed probe doubles the pause, up to 10 minutes.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace waggle::engine {

inline constexpr int breaker_failures_in_row = 10;
inline constexpr int breaker_least_calls = 10;
inline constexpr double breaker_failed_share = 0.7;
inline constexpr std::int64_t breaker_window_ms = 5 * 60'000;
inline constexpr std::int64_t breaker_first_pause_ms = 30'000;
inline constexpr std::int64_t breaker_longest_pause_ms = 10 * 60'000;

class Breaker {
 public:
  enum class State { unset, closed, open, probing };
  enum class Change { none, opened, closed };

  /// Asks to begin a call. 0: it may; else after so many milliseconds it may ask again. In `open` the first
  /// one that asks after the pause becomes the probe.
  std::int64_t ask(std::int64_t now_ms);
  /// Whether the call that just may begin is the probe.
  bool probing() const { return state_ == State::probing; }
  /// How a call ended. `probe`: it was the probe. Calls that began before it opened change nothing while it
  /// is open.
  Change ended(bool ok, bool probe, std::int64_t now_ms);
  /// The probe ended without telling anything: the next call is the probe.
  void probe_lost();

  State state() const { return state_; }
  int failures_in_row() const { return in_row_; }
  std::int64_t pause_ms() const { return pause_ms_; }
  /// Until when it is left alone; with open.
  std::int64_t opens_again_ms() const { return until_ms_; }
  /// "10 failures in a row", for people.
  const std::string& why() const { return why_; }

 private:
  /// Calls of one slice of the window. Old slices are used again.
  struct Slice {
    std::int64_t number = -1;
    int calls = 0, failures = 0;
  };
  static constexpr std::int64_t slice_ms = 10'000;

  void count(bool ok, std::int64_t now_ms);
  bool too_many(std::int64_t now_ms);
  Change open(std::int64_t pause_ms, std::int64_t now_ms);

  State state_ = State::closed;
  int in_row_ = 0;
  std::int64_t pause_ms_ = 0;
  std::int64_t until_ms_ = 0;
  std::string why_;
  std::array<Slice, breaker_window_ms / slice_ms> slices_{};
};

}  // namespace waggle::engine
