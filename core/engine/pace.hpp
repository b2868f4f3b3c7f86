// A flow's `runs`, `per`, `limit` and `debounce` put into the store's words, for one event. Pure; any thread.
#pragma once

#include "core/store/records.hpp"
#include "flows/run.hpp"

namespace waggle::engine {

/// Longer values of `per` are kept as their hash: a key stands in an index.
inline constexpr std::size_t longest_lane_key = 200;

/// `problem` says why `per` has no value; the run then stands in the lane of those without one.
struct Pace {
  store::Lane lane;
  std::optional<Error> problem;
};
Pace pace_of(const flows::Run& run, const flows::Pacing& pacing);

}  // namespace waggle::engine
