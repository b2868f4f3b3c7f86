// Fast paths over paths that begin with names.
#include <cmath>

#include "flows/jsonata/fast.hpp"

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

constexpr std::uint32_t prefetched_ahead = 4;

/// Large payloads lie outside the caches: asks for the member where it was last time.
void prefetch(const Node& step, Value item) {
  if (!item.is_object()) return;
  const Object& object = *item.object_;
  std::uint32_t hint = step.hint.load(std::memory_order_relaxed);
  __builtin_prefetch(object.members + hint);
}

/// One name over the items of an array: what path_step does. `last`: of the path.
Value name_over(const Node& step, Context& context, Value list, bool last) {
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
    if (k + prefetched_ahead < list.length) prefetch(step, list.items_[k + prefetched_ahead]);
    Value value = collapse(name_of(step, context, list.items_[k]), false);
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
    if (!last || first.has(flag_sequence)) first.flags = flag_sequence;
    return first;
  }
  if (found == 1 && first.is_array()) {
    if (last) return first;
    out.push(first);
  }
  return out.sequence();
}

/// Steps `from` to `to` (not included) over an array.
Value names_over(const Node& path, Context& context, std::size_t from, std::size_t to, Value list) {
  for (std::size_t i = from; i < to; ++i) {
    if (list.tag == Tag::range) return {};  // numbers have no names
    list = name_over(*path.items[i], context, list, i + 1 == path.items.size());
    if (!list.is_array() || list.length == 0) break;
  }
  return list;
}

}  // namespace

Value fast_name(const Node& node, Context& context, Value input, Frame* frame) {
  if (!input.is_object()) return fast_names(node, context, input, frame);
  context.charge();
  const Member* m = member_of(*node.items[0], *input.object_);
  if (!m) return {};
  bool declines = m->value.is_array() && (m->value.flags & (flag_cons | flag_sequence)) != 0;
  return declines ? node.general(node, context, input, frame) : m->value;
}

Value fast_names(const Node& node, Context& context, Value input, Frame* frame) {
  context.charge();
  const std::vector<Node*>& steps = node.items;
  std::size_t i = 0, count = steps.size();
  Value at = input;
  if (steps[0]->kind == Kind::variable) {
    at = run(*steps[0], context, input, frame);
    if (at.is_array()) return node.general(node, context, input, frame);
    i = 1;
  }
  for (; i < count; ++i) {
    const Node& step = *steps[i];
    if (!at.is_object()) {
      if (!at.is_array()) return {};
      if (node.plan == nullptr && at.tag == Tag::array && !at.has(flag_cons))
        return collapse(names_over(node, context, i, count, at), false);
      return node.general(node, context, input, frame);
    }
    const Member* m = member_of(step, *at.object_);
    if (!m) return {};
    at = m->value;
    if (at.has(flag_cons) && at.is_array()) return node.general(node, context, input, frame);
    if (!step.stages.empty()) {
      at = picked(at, *step.stages[0].filter);
      if (at.is_array()) return node.general(node, context, input, frame);
    }
    if (at.is_undefined()) return {};
  }
  if (at.is_array() && at.has(flag_sequence)) return node.general(node, context, input, frame);
  return at;
}

Value fast_steps(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  const std::vector<Node*>& steps = node.items;
  std::size_t names = static_cast<const StepsPlan*>(node.plan)->names, i = 0;
  Value at = input;
  bool nothing = false;
  for (; i < names && at.is_object() && !nothing; ++i) {
    const Member* m = member_of(*steps[i], *at.object_);
    at = m ? m->value : Value();
    nothing = at.is_undefined();
  }
  bool declines = at.tag == Tag::range || (at.is_array() && (at.flags & (flag_cons | flag_tuples)) != 0);
  if (declines) {
    context.leave();
    return node.general(node, context, input, frame);
  }
  nothing |= !at.is_array() && i < names;
  if (at.is_array() && i > 0) at.flags = flag_sequence;
  if (!nothing && i < names) at = names_over(node, context, i, names, at);
  if (nothing) at = Value();
  for (i = names; i < steps.size(); ++i) {
    if (at.is_undefined() || (at.is_array() && at.length == 0)) break;
    at = path_step(*steps[i], context, at, frame, i + 1 == steps.size());
  }
  if (node.group) at = group_by(*node.group, context, at, frame);
  context.leave();
  return collapse(at, false);
}

}  // namespace waggle::jsonata
