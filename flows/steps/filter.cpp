// filter: goes on only when its expression says yes; otherwise the list of steps that it stands in ends here.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class FilterWork final : public Work {
 public:
  explicit FilterWork(Condition condition) : condition_(std::move(condition)) {}

  void start(Turn& turn) const override {
    Result<bool> yes = turn.calculator().truth(condition_);
    if (!yes.ok()) return turn.fail(std::move(yes).error());
    if (*yes) return turn.done({}, {}, turn.calculator().why());
    turn.filter_out(turn.calculator().why());
  }

 private:
  Condition condition_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  auto condition = step.reader.condition(step.value, "filter");
  if (!condition) return nullptr;
  return std::make_unique<FilterWork>(std::move(*condition));
}

}  // namespace

const StepKind& filter_step() {
  static const StepKind kind{.verb = "filter", .read = read};
  return kind;
}

}  // namespace waggle::flows
