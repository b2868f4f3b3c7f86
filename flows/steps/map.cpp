// map: computes a value and names it by `as`.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class MapWork final : public Work {
 public:
  explicit MapWork(Pattern pattern) : pattern_(std::move(pattern)) {}

  void start(Turn& turn) const override {
    auto value = turn.calculator().build(pattern_);
    if (!value.ok()) return turn.fail(std::move(value).error());
    turn.done(*value, jsonata::to_json(*value), turn.calculator().why());
  }

 private:
  Pattern pattern_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  if (!step.has_name() && step.use == ValueUse::unused)
    step.reader.error(step.verb, "missing_as", "the value of this `map` has no name and is lost",
                      "add `as: NAME` beside `map`");
  auto pattern = step.reader.pattern(step.value);
  if (!pattern) return nullptr;
  return std::make_unique<MapWork>(std::move(*pattern));
}

}  // namespace

const StepKind& map_step() {
  static const StepKind kind{.verb = "map", .has_value = true, .read = read};
  return kind;
}

}  // namespace waggle::flows
