#include "flows/flow.hpp"

namespace waggle::flows {

using namespace std::chrono_literals;

// `normal` reaches 66 hours, longer than a weekend's outage; `patient` a week. The first try is at once in
// every plan.
std::optional<RetryPlan> named_retry_plan(std::string_view name) {
  if (name == "none") return RetryPlan{};
  if (name == "quick") return RetryPlan{.delays = {1s, 5s, 30s}};
  RetryPlan plan{.delays = {5s, 30s, 5min, 30min, 2h, 5h, 10h, 24h, 24h}};
  if (name == "normal") return plan;
  if (name != "patient") return std::nullopt;
  plan.delays.insert(plan.delays.end(), 4, 24h);
  return plan;
}

}  // namespace waggle::flows
