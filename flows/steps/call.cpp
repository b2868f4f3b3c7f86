// call: does the steps of another flow within this run. `with` is what that flow sees as its `event` (without
// it: this flow's event); the value of the call is the value of that flow's last step.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class CallWork final : public Work {
 public:
  CallWork(std::shared_ptr<const Program> program, std::optional<Pattern> with)
      : program_(std::move(program)), with_(std::move(with)) {}

  void start(Turn& turn) const override {
    if (!with_) return turn.begin_called(*program_, turn.event());
    auto event = turn.calculator().build(*with_);
    if (!event.ok()) return turn.fail(std::move(event).error());
    auto kept = turn.keep(*event);
    if (!kept.ok()) return turn.fail(std::move(kept).error());
    turn.begin_called(*program_, *kept);
  }

  void branch_ended(Turn& turn, std::size_t branch, const Ending& ending) const override {
    Turn::Memo& memo = turn.memo();
    if (branch == rescue) return turn.fail(Ending(memo.endings.front()));
    if (ending.how == Ending::How::stopped) return turn.stop("the flow " + program_->flow_id + " stopped");
    if (ending.how != Ending::How::failed) return turn.done_kept(ending.value);
    if (!program_->if_failed) return turn.fail(ending);
    memo.endings.push_back(ending);
    turn.begin_rescue(*program_->if_failed, rescue, 0, ending);
  }

 private:
  static constexpr std::size_t rescue = 1;  // branch 0 is the called flow's steps

  std::shared_ptr<const Program> program_;
  std::optional<Pattern> with_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  auto id = step.reader.constant_text(step.value.is_null() ? step.verb : step.value, "call");
  std::optional<Pattern> with;
  const yaml::Node* input = step.step.find("with");
  if (input) with = step.reader.pattern(*input);
  if (!id || (input && !with)) return nullptr;
  auto program = load_called(step.reader, step.value, *id);
  if (!program) return nullptr;
  return std::make_unique<CallWork>(std::move(program), std::move(with));
}

}  // namespace

const StepKind& call_step() {
  static const StepKind kind{.verb = "call", .beside = {"with"}, .has_value = true, .read = read};
  return kind;
}

}  // namespace waggle::flows
