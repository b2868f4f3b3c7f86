// Fast paths of blocks, calls, text and objects.
#include <algorithm>
#include <cstring>

#include "flows/jsonata/fast.hpp"
#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

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

/// In a & b & c ..., which ends in `last`, the operator whose operand the part is; the first two share one.
const Node& operator_of(const Node& last, std::size_t parts, std::size_t part) {
  const Node* node = &last;
  for (std::size_t i = parts - 1; i > std::max<std::size_t>(part, 1); --i) node = node->lhs;
  return *node;
}

Value part_as_text(Context& context, Value value, const Node& last, std::size_t parts, std::size_t part) {
  try {
    return to_string_value(context, value);
  } catch (Fault& f) {
    if (!f.placed) {
      const Node& place = operator_of(last, parts, part);
      f.at_place(place.start, place.end);
      f.token = "&";
    }
    throw;
  }
}

/// a & b & c ...: one text instead of one for each operator.
Value fast_concat(const Node& node, Context& context, Value input, Frame* frame) {
  const auto& parts = static_cast<const ConcatPlan*>(node.plan)->parts;
  context.enter();
  // Not written to before it is used.
  alignas(Value) std::byte room[most_parts * sizeof(Value)];
  auto* texts = reinterpret_cast<Value*>(room);
  std::size_t size = 0;
  std::uint8_t ascii = flag_ascii;
  texts[0] = run(*parts[0], context, input, frame);
  texts[1] = run(*parts[1], context, input, frame);  // both, before either becomes a text
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Value part = i < 2 ? texts[i] : run(*parts[i], context, input, frame);
    Value text = part_as_text(context, part, node, parts.size(), i);
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

}  // namespace waggle::jsonata
