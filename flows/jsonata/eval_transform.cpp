// The transform operator: |pattern|update,delete| makes a function that changes a copy of its argument.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

namespace {

/// A copy as through JSON text: functions become "", fractions have 15 digits, flags are gone.
Value clone(Context& context, Value value) {
  context.charge();
  switch (value.tag) {
    case Tag::function:
      return Value::string("", true);
    case Tag::number: {
      double d = value.as_number();
      if (!std::isfinite(d)) return Value::null();
      double rounded = round_to_15_digits(d);
      return rounded == d ? value : Value::number(rounded);
    }
    case Tag::array: {
      auto* items = context.arena.take_array<Value>(value.length);
      for (std::uint32_t i = 0; i < value.length; ++i) {
        items[i] = clone(context, value.items_[i]);
        if (items[i].is_undefined()) items[i] = Value::null();
      }
      return context.array(items, value.length);
    }
    case Tag::object: {
      const Object& from = *value.object_;
      auto* members = context.arena.take_array<Member>(from.count);
      std::uint32_t count = 0;
      for (std::uint32_t i = 0; i < from.count; ++i) {
        members[count] = from.members[i];
        members[count].value = clone(context, from.members[i].value);
        if (!members[count].value.is_undefined()) ++count;
      }
      return context.object(members, count);
    }
    default:
      return value;
  }
}

bool contains(Context& context, Value value, const Object* wanted) {
  context.charge();
  if (value.is_object()) {
    if (value.object_ == wanted) return true;
    for (std::uint32_t i = 0; i < value.object_->count; ++i)
      if (contains(context, value.object_->members[i].value, wanted)) return true;
  } else if (value.tag == Tag::array && value.height > 1) {
    for (std::uint32_t i = 0; i < value.length; ++i)
      if (contains(context, value.items_[i], wanted)) return true;
  }
  return false;
}

void set_member(Context& context, Object& object, const Member& member) {
  if (const Member* old = object.find(member.name(), member.hash)) {
    const_cast<Member*>(old)->value = member.value;
    return;
  }
  if (object.count == object.capacity) {
    std::uint32_t capacity = object.capacity * 2 + 4;
    auto* larger = context.arena.take_array<Member>(capacity);
    std::copy(object.members, object.members + object.count, larger);
    object.members = larger;
    object.capacity = capacity;
  }
  object.members[object.count++] = member;
  sort_members(object.members, object.count);
  build_index(object, context.arena);
}

void remove_member(Context& context, Object& object, std::string_view name) {
  const Member* found = object.find(name, key_hash(name));
  if (!found) return;
  auto* at = const_cast<Member*>(found);
  std::copy(at + 1, object.members + object.count, at);
  --object.count;
  build_index(object, context.arena);
}

void update(const Node& node, Context& context, Value match, Frame* frame) {
  Value changes = run(*node.rhs, context, match, frame);
  if (changes.is_undefined()) return;
  if (!changes.is_object()) throw fault("T2011").with_value(changes).at(node.rhs->start, node.rhs->end);
  if (!match.is_object()) {
    if (changes.object_->count == 0) return;
    throw fault("W1008")
        .with_text("only objects can be changed by a transform")
        .with_value(match)
        .at(node.start, node.end);
  }
  for (std::uint32_t i = 0; i < changes.object_->count; ++i) {
    const Member& member = changes.object_->members[i];
    if (contains(context, member.value, match.object_))
      throw fault("W1008")
          .with_text("the transform would put an object into itself")
          .at(node.rhs->start, node.rhs->end);
    set_member(context, *match.object_, member);
  }
}

void remove(const Node& node, Context& context, Value match, Frame* frame) {
  Value names = run(*node.third, context, match, frame);
  if (names.is_undefined()) return;
  Items items(names);
  for (std::uint32_t i = 0; i < items.size(); ++i)
    if (!items[i].is_string()) throw fault("T2012").with_value(names).at(node.third->start, node.third->end);
  if (!match.is_object()) return;
  for (std::uint32_t i = 0; i < items.size(); ++i)
    remove_member(context, *match.object_, items[i].as_string());
}

Value cloned(const Node& node, Context& context, Value argument, Frame* frame) {
  Value function = context.lookup(node.symbol, "clone", frame);
  if (function.tag == Tag::unbound) return clone(context, argument);
  if (!function.is_function()) throw fault("T2013").at(node.start, node.end);
  if (function.function_->kind == Function::Kind::builtin) return clone(context, argument);
  // A $clone of the expression's own may hand out shared objects; ours are changed in place.
  return clone(context, apply(context, function, &argument, 1, Value::null(), frame));
}

}  // namespace

Value clone_value(Context& context, Value value) { return clone(context, value); }

Value run_transform(const Function& transform, Context& context, Value argument, Frame*) {
  const Node& node = *transform.node;
  if (argument.is_undefined()) return {};
  if (!argument.is_object() && !argument.is_array()) throw fault("T0410").with_value(argument).with_index(1);
  Value result = cloned(node, context, argument, transform.frame);
  context.enter();
  Value matches = run(*node.lhs, context, result, transform.frame);
  if (!matches.is_undefined()) {
    Items items(matches);
    for (std::uint32_t i = 0; i < items.size(); ++i) {
      context.charge();
      update(node, context, items[i], transform.frame);
      if (node.third) remove(node, context, items[i], transform.frame);
    }
  }
  context.leave();
  return result;
}

Value evaluate_transform(const Node& node, Context& context, Value input, Frame* frame) {
  Function transform;
  transform.kind = Function::Kind::transform;
  transform.node = &node;
  transform.frame = frame;
  transform.input = input;
  return make_function(context, transform);
}

}  // namespace waggle::jsonata
