#include "flows/jsonata/fast.hpp"

#include <algorithm>
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

/// The item that a literal predicate like [0] or [-1] picks; undefined when there is none.
Value picked(Value from, const Node& index) {
  double at = std::floor(index.literal.number_);
  double count = from.is_array() ? from.length : 1;
  if (at < 0) at += count;
  if (!(at >= 0 && at < count)) return {};
  return from.is_array() ? from.item(static_cast<std::uint32_t>(at)) : from;
}

/// Steps from the i-th on over an array: what path_step does, for names without predicates.
Value names_over(const Node& path, Context& context, std::size_t i, Value list) {
  for (; i < path.items.size(); ++i) {
    const Node& step = *path.items[i];
    context.charge(list.length);
    Sequence out(context);
    auto flatten = [&out](Value value) {
      if (value.has(flag_cons)) {
        out.push(value);
      } else {
        out.append(value);
      }
    };
    Value first;
    std::uint32_t found = 0;
    for (std::uint32_t k = 0; k < list.length; ++k) {
      Value value = collapse(name_of(step, context, list.item(k)), false);
      if (value.is_undefined()) continue;
      if (++found == 1) {
        first = value;
        if (!value.is_array()) out.push(value);
        continue;
      }
      if (found == 2 && first.is_array()) flatten(first);
      flatten(value);
    }
    if (found == 0) return {};
    if (found == 1 && first.is_array() && !first.has(flag_cons)) {
      bool last = i + 1 == path.items.size();
      if (last && !first.has(flag_sequence)) return first;
      first.flags = flag_sequence;
      list = first;
    } else {
      if (found == 1 && first.is_array()) {
        if (i + 1 == path.items.size()) return first;
        out.push(first);
      }
      list = out.sequence();
    }
  }
  return collapse(list, false);
}

/// a.b.c and a[0].b: names and literal indexes only. Declines at an array in the middle of a path with
/// indexes.
Value fast_names(const Node& node, Context& context, Value input, Frame* frame) {
  context.charge();
  const std::vector<Node*>& steps = node.items;
  std::size_t i = 0;
  Value at = input;
  if (steps[0]->kind == Kind::variable) {
    at = run(*steps[0], context, input, frame);
    if (at.is_array()) return node.general(node, context, input, frame);
    i = 1;
  }
  for (; i < steps.size(); ++i) {
    const Node& step = *steps[i];
    if (!at.is_object()) {
      if (!at.is_array()) return {};
      if (node.plan == nullptr && at.tag == Tag::array && !at.has(flag_cons))
        return names_over(node, context, i, at);
      return node.general(node, context, input, frame);
    }
    at = name_of(step, context, at);
    if (at.has(flag_cons)) return node.general(node, context, input, frame);
    if (!step.stages.empty()) {
      at = picked(at, *step.stages[0].filter);
      if (at.is_array()) return node.general(node, context, input, frame);
    }
    if (at.is_undefined()) return {};
  }
  if (at.is_array() && at.has(flag_sequence)) return node.general(node, context, input, frame);
  return at;
}

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

/// (x) without variables of its own.
Value fast_block(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value result = run(*node.items[0], context, input, frame);
  context.leave();
  return collapse(result, false);
}

/// A built-in function that nobody has given another meaning.
Value fast_call(const Node& node, Context& context, Value input, Frame* frame) {
  if (context.shadows) return node.general(node, context, input, frame);
  context.enter();
  ArgumentRoom room;
  auto count = static_cast<std::uint32_t>(node.items.size());
  Value* arguments = room.take(context, count);
  for (std::uint32_t i = 0; i < count; ++i) arguments[i] = run(*node.items[i], context, input, frame);
  try {
    Value result = call_builtin(*node.lhs->builtin, context, arguments, count, input, frame);
    context.leave();
    return collapse(result, false);
  } catch (Fault& f) {
    decorate(f, node);
    throw;
  }
}

struct ConcatPlan {
  std::vector<const Node*> parts;
};
constexpr std::size_t most_parts = 32;

/// a & b & c ...: one text instead of one for each operator.
Value fast_concat(const Node& node, Context& context, Value input, Frame* frame) {
  const auto& parts = static_cast<const ConcatPlan*>(node.plan)->parts;
  context.enter();
  Value texts[most_parts];
  std::size_t size = 0;
  std::uint8_t ascii = flag_ascii;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Value text;
    try {
      text = to_string_value(context, run(*parts[i], context, input, frame));
    } catch (Fault& f) {
      if (!f.placed) {
        f.at_place(node.start, node.end);
        f.token = "&";
      }
      throw;
    }
    texts[i] = text;
    if (text.is_undefined()) continue;
    size += text.length;
    ascii &= text.flags;
    // Halves of surrogate pairs may join, which only the general way looks at.
    if (!text.has(flag_ascii) && has_lone_surrogate(text.as_string())) {
      context.leave();
      return node.general(node, context, input, frame);
    }
  }
  context.check_string(size);
  context.charge(size / 64);
  auto* out = static_cast<char*>(context.arena.take(size));
  char* p = out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (texts[i].is_undefined() || texts[i].length == 0) continue;
    std::memcpy(p, texts[i].text_, texts[i].length);
    p += texts[i].length;
  }
  context.leave();
  Value result = Value::string({out, size});
  result.flags = ascii;
  return result;
}

struct ObjectPlan {
  std::vector<Member> members;  ///< names and hashes, in JavaScript's order
  std::vector<const Node*> values;
};

/// {"a": x, "b": y} over a context that is no array.
Value fast_object(const Node& node, Context& context, Value input, Frame* frame) {
  if (input.is_array()) return node.general(node, context, input, frame);
  const auto& plan = *static_cast<const ObjectPlan*>(node.plan);
  context.enter();
  auto* members = context.arena.take_array<Member>(plan.members.size());
  std::uint32_t count = 0;
  std::uint16_t height = 0;
  for (std::size_t i = 0; i < plan.members.size(); ++i) {
    Value value = run(*plan.values[i], context, input, frame);
    if (value.is_undefined()) continue;
    members[count] = plan.members[i];
    members[count++].value = value;
    height = std::max(height, value.height);
  }
  auto* object = context.arena.make<Object>();
  object->members = members;
  object->count = object->capacity = count;
  build_index(*object, context.arena);
  context.leave();
  Value result = Value::object(object);
  result.height = static_cast<std::uint16_t>(height + 1);
  if (result.height > max_value_height) throw fault("W1001").with_text("a value is nested too deeply");
  return result;
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
      use(node, fast_names, indexed ? &node : nullptr);
    } else if (node.kind == Kind::block && node.bound.empty() && node.items.size() == 1) {
      use(node, fast_block, nullptr);
    } else if (node.kind == Kind::call && !node.thunk && node.lhs->kind == Kind::variable &&
               node.lhs->builtin && node.lhs->plain && !program_.bound.count(node.lhs->symbol)) {
      use(node, fast_call, nullptr);
    } else if (node.kind == Kind::binary && node.op == Op::concat) {
      concat(node);
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
