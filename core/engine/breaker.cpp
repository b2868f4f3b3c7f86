#include "core/engine/breaker.hpp"

#include <algorithm>

namespace waggle::engine {
namespace {

/// While the probe is out nobody knows when it will be back; who asks meanwhile asks again after this.
constexpr std::int64_t ask_again_ms = 1'000;

}  // namespace

std::int64_t Breaker::ask(std::int64_t now_ms) {
  if (state_ == State::closed) return 0;
  if (state_ == State::probing) return ask_again_ms;
  if (now_ms < until_ms_) return until_ms_ - now_ms;
  state_ = State::probing;
  return 0;
}

Breaker::Change Breaker::ended(bool ok, bool probe, std::int64_t now_ms) {
  if (state_ != State::closed && !probe) return Change::none;
  if (probe) {
    if (!ok) return open(std::min(pause_ms_ * 2, breaker_longest_pause_ms), now_ms);
    *this = Breaker();
    return Change::closed;
  }
  in_row_ = ok ? 0 : in_row_ + 1;
  count(ok, now_ms);
  if (ok || !too_many(now_ms)) return Change::none;
  return open(breaker_first_pause_ms, now_ms);
}

void Breaker::probe_lost() {
  if (state_ == State::probing) state_ = State::open;
}

void Breaker::count(bool ok, std::int64_t now_ms) {
  const std::int64_t number = now_ms / slice_ms;
  Slice& slice = slices_[static_cast<std::size_t>(number) % slices_.size()];
  if (slice.number != number) slice = {number, 0, 0};
  ++slice.calls;
  slice.failures += ok ? 0 : 1;
}

bool Breaker::too_many(std::int64_t now_ms) {
  if (in_row_ >= breaker_failures_in_row) {
    why_ = std::to_string(in_row_) + " failures in a row";
    return true;
  }
  const std::int64_t oldest = now_ms / slice_ms - static_cast<std::int64_t>(slices_.size()) + 1;
  int calls = 0, failures = 0;
  for (const Slice& slice : slices_) {
    if (slice.number < oldest) continue;
    calls += slice.calls;
    failures += slice.failures;
  }
  if (calls < breaker_least_calls || failures < breaker_failed_share * calls) return false;
  why_ = std::to_string(failures) + " of " + std::to_string(calls) + " calls failed within 5 minutes";
  return true;
}

Breaker::Change Breaker::open(std::int64_t pause_ms, std::int64_t now_ms) {
  state_ = State::open;
  pause_ms_ = pause_ms;
  until_ms_ = now_ms + pause_ms;
  return Change::opened;
}

}  // namespace waggle::engine
