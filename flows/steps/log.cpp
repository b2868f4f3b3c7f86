// log: writes a text to the run's page.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class LogWork final : public Work {
 public:
  explicit LogWork(Pattern pattern) : pattern_(std::move(pattern)) {}

  void start(Turn& turn) const override {
    auto value = turn.calculator().build(pattern_);
    if (!value.ok()) return turn.fail(std::move(value).error());
    turn.done({}, jsonata::to_json(*value), turn.calculator().why());
  }

 private:
  Pattern pattern_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  auto pattern = step.reader.pattern(step.value);
  if (!pattern) return nullptr;
  return std::make_unique<LogWork>(std::move(*pattern));
}

}  // namespace

const StepKind& log_step() {
  static const StepKind kind{.verb = "log", .read = read};
  return kind;
}

}  // namespace waggle::flows
