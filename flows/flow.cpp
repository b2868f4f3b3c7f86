#include "flows/flow.hpp"

#include <algorithm>
#include <array>

#include "flows/body.hpp"
#include "flows/work.hpp"

namespace waggle::flows {

Flow::Flow(std::string id, std::shared_ptr<const Body> body) : id_(std::move(id)), body_(std::move(body)) {}

const std::string& Flow::id() const { return id_; }
const std::string& Flow::description() const { return body_->description; }
const std::string& Flow::version() const { return body_->version; }
const std::string& Flow::bundle() const { return body_->bundle; }
const std::vector<Trigger>& Flow::triggers() const { return body_->triggers; }
const std::optional<Dedupe>& Flow::dedupe() const { return body_->dedupe; }
const std::optional<Pacing>& Flow::pacing() const { return body_->pacing; }
bool Flow::brief() const {
  static constexpr std::array<std::string_view, 4> nesting = {"each", "route", "together", "call"};
  const auto& steps = body_->program->steps.steps;
  return std::none_of(steps.begin(), steps.end(), [](const Step& step) {
    return std::find(nesting.begin(), nesting.end(), step.verb) != nesting.end();
  });
}
bool Flow::enabled() const { return body_->enabled; }

std::string_view to_string(RunOrder order) {
  switch (order) {
    case RunOrder::parallel:
      return "parallel";
    case RunOrder::one_at_a_time:
      return "one_at_a_time";
    case RunOrder::latest_only:
      return "latest_only";
    case RunOrder::unset:
      break;
  }
  return "unset";
}

RunOrder run_order_from(std::string_view word) {
  for (const RunOrder order : {RunOrder::parallel, RunOrder::one_at_a_time, RunOrder::latest_only})
    if (to_string(order) == word) return order;
  return RunOrder::unset;
}

}  // namespace waggle::flows
