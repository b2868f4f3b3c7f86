// Which fast path fits which node.
#include "flows/jsonata/fast.hpp"

#include <algorithm>

#include "flows/jsonata/key_index.hpp"

namespace waggle::jsonata {

namespace {

bool is_literal_index(const Stage& stage) {
  return stage.filter && stage.filter->kind == Kind::number && stage.filter->plain;
}

bool is_plain_step(const Node& step) {
  return !step.keep_array && !step.tuple && step.focus == no_symbol && step.index == no_symbol &&
         !step.ancestor && step.predicates.empty() && !step.group;
}

/// A path that fast_names can walk. `indexed` tells whether there are literal indexes in it.
bool is_name_path(const Node& path, bool& indexed) {
  if (path.kind != Kind::path || path.keep_singleton || path.keep_array || path.tuple || path.group)
    return false;
  for (std::size_t i = 0; i < path.items.size(); ++i) {
    const Node& step = *path.items[i];
    bool first_variable = i == 0 && step.kind == Kind::variable && step.stages.empty();
    if ((step.kind != Kind::name && !first_variable) || !is_plain_step(step)) return false;
    if (step.stages.size() > 1 || (step.stages.size() == 1 && !is_literal_index(step.stages[0])))
      return false;
    indexed |= !step.stages.empty();
  }
  return true;
}

/// Leading plain names of a path whose other steps path_step can take; 0 when fast_steps cannot walk it.
std::size_t leading_names(const Node& path) {
  if (path.keep_singleton || path.keep_array || path.tuple) return 0;
  std::size_t names = 0;
  for (const Node* step : path.items)
    if (step->tuple || step->ancestor || step->focus != no_symbol || step->index != no_symbol) return 0;
  while (names < path.items.size()) {
    const Node& step = *path.items[names];
    if (step.kind != Kind::name || !is_plain_step(step) || !step.stages.empty()) break;
    ++names;
  }
  return names;
}

void collect_parts(const Node& node, std::vector<const Node*>& parts) {
  bool is_concat = node.kind == Kind::binary && node.op == Op::concat && node.plain;
  if (!is_concat) return parts.push_back(&node);
  collect_parts(*node.lhs, parts);
  parts.push_back(node.rhs);
}

class Chooser {
 public:
  explicit Chooser(Program& program) : program_(program) {}

  void choose(Node& node) {
    // Nodes with predicates of their own keep the general way round their core.
    if (!node.evaluate || !node.plain) return;
    bool indexed = false;
    if (node.kind == Kind::path && is_name_path(node, indexed)) {
      bool single = node.items.size() == 1 && node.items[0]->kind == Kind::name && !indexed;
      use(node, single ? fast_name : fast_names, indexed ? &node : nullptr);
    } else if (std::size_t names = node.kind == Kind::path ? leading_names(node) : 0; names > 0) {
      auto plan = std::make_shared<StepsPlan>(StepsPlan{names});
      use(node, fast_steps, plan.get());
      program_.plans.push_back(std::move(plan));
    } else if (node.kind == Kind::block && node.bound.empty() && node.items.size() == 1) {
      use(node, fast_block, nullptr);
    } else if (node.kind == Kind::call && !node.thunk && node.lhs->kind == Kind::variable &&
               node.lhs->builtin && node.lhs->plain && !program_.bound.count(node.lhs->symbol)) {
      use(node, fast_call, nullptr);
      keep_pattern(node);
    } else if (node.kind == Kind::binary && node.op == Op::concat) {
      concat(node);
    } else if (EvaluateFn fast = node.kind == Kind::binary && !program_.options.decimal_numbers
                                     ? fast_operator(node.op)
                                     : nullptr) {
      use(node, fast, nullptr);
    } else if (node.kind == Kind::object) {
      object(node);
    }
  }

 private:
  void use(Node& node, EvaluateFn function, const void* plan) {
    node.general = node.evaluate;
    node.evaluate = function;
    node.plan = plan;
  }

  /// The function that a regular expression is need not be made at each call of those who only look at it.
  void keep_pattern(Node& call) {
    constexpr std::string_view lookers[] = {"contains", "replace", "split"};
    if (std::find(std::begin(lookers), std::end(lookers), call.lhs->text) == std::end(lookers)) return;
    if (call.items.size() < 2 || call.items[1]->kind != Kind::regex || !call.items[1]->plain) return;
    Node& pattern = *call.items[1];
    auto function = std::make_shared<Function>();
    function->kind = Function::Kind::regex;
    function->node = &pattern;
    function->regex = pattern.regex;
    pattern.literal = Value::function(function.get());
    use(pattern, evaluate_literal, nullptr);
    program_.plans.push_back(std::move(function));
  }

  void concat(Node& node) {
    auto plan = std::make_shared<ConcatPlan>();
    collect_parts(node, plan->parts);
    if (plan->parts.size() < 3 || plan->parts.size() > most_parts) return;
    use(node, fast_concat, plan.get());
    program_.plans.push_back(std::move(plan));
  }

  void object(Node& node) {
    auto plan = std::make_shared<ObjectPlan>();
    std::vector<std::pair<Member, const Node*>> pairs;
    for (const auto& [key, value] : node.pairs) {
      if (key->kind != Kind::string || !key->plain || key->text == "_jsonata_lambda" ||
          key->text == "_jsonata_function")
        return;
      auto length = static_cast<std::uint32_t>(key->text.size());
      pairs.push_back({{key->text.data(), length, key_hash(key->text), {}}, value});
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      std::uint32_t ignored = 0;
      if (is_array_index(pairs[i].first.name(), ignored)) return;  // such names have an order of their own
      for (std::size_t k = 0; k < i; ++k)
        if (pairs[k].first.name() == pairs[i].first.name()) return;
    }
    for (const auto& [member, value] : pairs) {
      plan->members.push_back(member);
      plan->values.push_back(value);
    }
    use(node, fast_object, plan.get());
    program_.plans.push_back(std::move(plan));
  }

  Program& program_;
};

}  // namespace

void choose_fast_paths(Program& program) {
  Chooser chooser(program);
  for (Node& node : program.nodes) chooser.choose(node);
}

}  // namespace waggle::jsonata
