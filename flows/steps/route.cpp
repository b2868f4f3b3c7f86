// route: does the steps of the first branch whose `if` says yes, or of `else`; with `all: true` of every such
// branch, in order.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

struct RouteBranch {
  std::string label;  ///< "0", "1", "else"
  std::optional<Condition> condition;
  Block steps;
};

class RouteWork final : public Work {
 public:
  RouteWork(std::vector<RouteBranch> branches, bool all) : branches_(std::move(branches)), all_(all) {}

  void start(Turn& turn) const override { take_next(turn, 0); }

  void branch_ended(Turn& turn, std::size_t branch, const Ending& ending) const override {
    if (ending.how == Ending::How::failed) return turn.fail(ending);
    if (ending.how == Ending::How::stopped) return turn.stop("stopped in branch " + branches_[branch].label);
    if (!all_) return turn.done_kept(ending.value, Json(branches_[branch].label).dump());
    turn.memo().endings.push_back(ending);
    take_next(turn, branch + 1);
  }

 private:
  /// Begins the next branch that matches, from `from` on; ends the step when there is none.
  void take_next(Turn& turn, std::size_t from) const {
    bool any_taken = !turn.memo().endings.empty();
    for (std::size_t i = from; i < branches_.size(); ++i) {
      const RouteBranch& branch = branches_[i];
      bool yes = !any_taken;  // `else`: when no other branch was taken
      if (branch.condition) {
        Result<bool> answer = turn.calculator().truth(*branch.condition);
        if (!answer.ok()) return turn.fail(std::move(answer).error());
        yes = *answer;
      }
      if (!yes) continue;
      turn.report(Json(branch.label).dump(), branch.condition ? turn.calculator().why() : "");
      return turn.begin_branch(branch.steps, i, branch.label, Turn::Names::shared);
    }
    if (!any_taken) return turn.done({}, {}, "no branch: " + turn.calculator().why());
    turn.done_kept(turn.memo().endings.back().value);
  }

  std::vector<RouteBranch> branches_;
  bool all_;
};

std::optional<RouteBranch> read_branch(StepReader& step, const yaml::Node& node, std::size_t index,
                                       bool last) {
  Reader& reader = step.reader;
  RouteBranch branch;
  branch.label = std::to_string(index);
  const yaml::Node* steps = node.find("steps");
  const yaml::Node* other = node.find("else");
  if (!node.is_mapping()) {
    reader.error(node, "wrong_type", "a branch of `route` must be a mapping",
                 "write - if: EXPRESSION, and steps: below it");
    return std::nullopt;
  }
  reader.check_keys(node, {"if", "steps", "else"}, "a branch of `route`");
  if (const yaml::Node* condition = node.find("if"); condition && !other) {
    branch.condition = reader.condition(*condition, "if");
    if (!steps) reader.error(node, "missing_key", "this branch of `route` has no `steps`");
  } else if (other) {
    branch.label = "else";
    steps = other;
    if (condition || node.entries.size() > 1)
      reader.error(node, "two_verbs", "`else` is a branch of its own",
                   "write - else: and its steps below it");
    if (!last) reader.error(*other, "misplaced_else", "`else` must be the last branch", "move it to the end");
  } else {
    reader.error(node, "missing_key", "a branch of `route` begins with `if` or `else`");
  }
  if (steps) branch.steps = read_block(reader, *steps, step.inner_use());
  return branch;
}

std::unique_ptr<const Work> read(StepReader& step) {
  Reader& reader = step.reader;
  bool all = false;
  if (const yaml::Node* every = step.step.find("all")) all = reader.boolean(*every, "all").value_or(false);
  if (!step.value.is_list() || step.value.items.empty()) {
    reader.error(step.value.is_null() ? step.verb : step.value, "wrong_type",
                 "`route` must be a list of branches",
                 "write - if: EXPRESSION with steps: below it, and - else: at the end");
    return nullptr;
  }
  std::vector<RouteBranch> branches;
  std::vector<std::string> given;  // a name may be given in several branches: they exclude each other
  for (std::size_t i = 0; i < step.value.items.size(); ++i) {
    std::size_t mark = reader.names().mark();
    auto branch = read_branch(step, step.value.items[i], i, i + 1 == step.value.items.size());
    for (std::string& name : reader.names().take_back(mark)) given.push_back(std::move(name));
    if (branch) branches.push_back(std::move(*branch));
  }
  reader.names().give(given);
  return std::make_unique<RouteWork>(std::move(branches), all);
}

}  // namespace

const StepKind& route_step() {
  static const StepKind kind{.verb = "route", .beside = {"all"}, .has_value = true, .read = read};
  return kind;
}

}  // namespace waggle::flows
