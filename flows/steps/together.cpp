// together: does several steps, or lists of steps, at the same time. Every branch is carried to its end; then
// the step fails or stops if one of them did.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class TogetherWork final : public Work {
 public:
  explicit TogetherWork(std::vector<Block> branches) : branches_(std::move(branches)) {}

  void start(Turn& turn) const override {
    turn.memo().endings.resize(branches_.size());
    turn.memo().open = branches_.size();
    for (std::size_t i = branches_.size();
         i-- > 0;)  // begun last goes first: the first branch's effects come first
      turn.begin_branch(branches_[i], i, std::to_string(i), Turn::Names::copied);
  }

  void branch_ended(Turn& turn, std::size_t branch, const Ending& ending) const override {
    turn.adopt_names(branch);
    turn.memo().endings[branch] = ending;
    if (--turn.memo().open > 0) return;
    const Ending* bad = first_bad(turn.memo().endings);
    if (!bad) return turn.done();
    if (bad->how == Ending::How::failed) return turn.fail(Ending(*bad));
    turn.stop("a branch stopped");
  }

 private:
  std::vector<Block> branches_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  Reader& reader = step.reader;
  if (!step.value.is_list() || step.value.items.empty()) {
    reader.error(step.value.is_null() ? step.verb : step.value, "wrong_type",
                 "`together` must be a list of steps, or of lists of steps", "begin each with `- `");
    return nullptr;
  }
  std::vector<Block> branches;
  std::vector<std::string> given;
  for (const yaml::Node& item : step.value.items) {
    std::size_t mark = reader.names().mark();
    std::vector<std::string> outer = reader.names().set_siblings(given);
    if (item.is_list()) {
      branches.push_back(read_block(reader, item, ValueUse::unused));
    } else {
      Block block;
      if (auto read = read_step(reader, item, ValueUse::unused)) block.steps.push_back(std::move(*read));
      branches.push_back(std::move(block));
    }
    reader.names().set_siblings(std::move(outer));
    for (std::string& name : reader.names().take_back(mark)) given.push_back(std::move(name));
  }
  reader.names().give(given);
  return std::make_unique<TogetherWork>(std::move(branches));
}

}  // namespace

const StepKind& together_step() {
  static const StepKind kind{.verb = "together", .read = read};
  return kind;
}

}  // namespace waggle::flows
