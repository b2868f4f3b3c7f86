#include "core/engine/pace.hpp"

#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

namespace waggle::engine {

Pace pace_of(const flows::Run& run, const flows::Pacing& pacing) {
  Pace pace;
  store::Lane& lane = pace.lane;
  lane.rule = flows::to_string(pacing.runs);
  lane.debounce_ms = pacing.debounce.count();
  if (pacing.limit) {
    lane.limit_runs = pacing.limit->count;
    lane.limit_ms = pacing.limit->span.count();
  }
  auto key = run.pace_key();
  if (!key.ok()) {
    pace.problem = std::move(key).error();
  } else if (key->size() <= longest_lane_key) {
    lane.key = std::move(*key);
  } else {
    lane.key = "sha256:" + to_hex(sha256(*key));
  }
  return pace;
}

}  // namespace waggle::engine
