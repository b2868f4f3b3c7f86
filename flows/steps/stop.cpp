// stop: ends the run at once and in peace; branches that work beside this one are carried to their ends
// first.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class StopWork final : public Work {
 public:
  explicit StopWork(Pattern reason) : reason_(std::move(reason)) {}

  void start(Turn& turn) const override {
    Result<std::string> reason = turn.calculator().text(reason_);
    if (!reason.ok()) return turn.fail(std::move(reason).error());
    turn.stop(std::move(reason).value());
  }

 private:
  Pattern reason_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  if (step.value.is_null()) return std::make_unique<StopWork>(Pattern{});
  auto reason = step.reader.pattern(step.value);
  if (!reason) return nullptr;
  return std::make_unique<StopWork>(std::move(*reason));
}

}  // namespace

const StepKind& stop_step() {
  static const StepKind kind{.verb = "stop", .read = read};
  return kind;
}

}  // namespace waggle::flows
