// Operators: arithmetic, comparison, text, ranges, logic; conditions, blocks and assignments.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/exact.hpp"
#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/number_text.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {
constexpr double largest_range = 1e7;  // as the reference: D2014
}

Value exact_value(Context& context, const Exact& exact) {
  std::string text = exact.text();
  // Short numbers are the same as doubles, which are faster to work with.
  constexpr std::size_t always_exact = 15;
  if (text.size() <= always_exact) return Value::number(parse_number(text));
  std::string_view kept = context.arena.copy(text);
  Value v = Value::number(0);
  v.flags = flag_source;
  v.length = static_cast<std::uint32_t>(kept.size());
  v.text_ = kept.data();
  return v;
}

namespace {

/// Undefined when the numbers are out of the reach of 38 digits: then doubles must do.
Value exact_arithmetic(Op op, Context& context, Value left, Value right) {
  auto a = Exact::of(left), b = Exact::of(right);
  if (!a || !b) return {};
  std::optional<Exact> result = op == Op::add        ? add(*a, *b)
                                : op == Op::subtract ? subtract(*a, *b)
                                : op == Op::multiply ? multiply(*a, *b)
                                : op == Op::divide   ? divide(*a, *b)
                                                     : remainder(*a, *b);
  return result ? exact_value(context, result->trimmed()) : Value();
}

/// The digits of a number in decimal mode, where none may be lost in text.
std::string_view exact_digits(const Context& context, Value number) {
  return context.program->options.decimal_numbers ? number.source() : std::string_view();
}

}  // namespace

Value arithmetic(Op op, Context& context, Value left, Value right) {
  if (!left.is_undefined() && !is_numeric(left)) throw fault("T2001").with_value(left);
  if (!right.is_undefined() && !is_numeric(right)) throw fault("T2002").with_value(right);
  if (left.is_undefined() || right.is_undefined()) return {};
  if (context.program->options.decimal_numbers) {
    Value exact = exact_arithmetic(op, context, left, right);
    if (!exact.is_undefined()) return exact;
  }
  double a = left.as_number(), b = right.as_number(), result = 0;
  switch (op) {
    case Op::add:
      result = a + b;
      break;
    case Op::subtract:
      result = a - b;
      break;
    case Op::multiply:
      result = a * b;
      break;
    case Op::divide:
      result = a / b;
      break;
    default:
      result = std::fmod(a, b);
      break;
  }
  if (!std::isfinite(result) && !context.program->options.reference_compat)
    throw fault("D1001")
        .with_value(Value::number(result))
        .with_text(b == 0 ? "Division by zero" : "Number out of range");
  return Value::number(result);
}

Value compare(Op op, Value left, Value right) {
  auto comparable = [](Value v) { return v.is_undefined() || v.is_number() || v.is_string(); };
  if (!comparable(left) || !comparable(right))
    throw fault("T2010").with_value(left.is_number() || left.is_string() ? right : left);
  if (left.is_undefined() || right.is_undefined()) return {};
  if (left.tag != right.tag) throw fault("T2009").with_values(left, right);
  if (left.is_number()) {
    double a = left.as_number(), b = right.as_number();
    switch (op) {
      case Op::less:
        return Value::boolean(a < b);
      case Op::less_equal:
        return Value::boolean(a <= b);
      case Op::greater:
        return Value::boolean(a > b);
      default:
        return Value::boolean(a >= b);
    }
  }
  int order = compare_text(left.as_string(), right.as_string());
  switch (op) {
    case Op::less:
      return Value::boolean(order < 0);
    case Op::less_equal:
      return Value::boolean(order <= 0);
    case Op::greater:
      return Value::boolean(order > 0);
    default:
      return Value::boolean(order >= 0);
  }
}

bool strictly_equal(Value a, Value b) {
  if (a.tag == Tag::array && b.tag == Tag::array) return a.items_ == b.items_ && a.length == b.length;
  if (a.is_array() || b.is_array()) return false;
  if (a.is_object() && b.is_object()) return a.object_ == b.object_;
  return equal(a, b);
}

void append_string_value(Context& context, Value value, std::string& out) {
  switch (value.tag) {
    case Tag::undefined:
    case Tag::function:
      return;
    case Tag::string:
      append_wtf8(out, value.as_string());
      break;
    case Tag::number: {
      if (std::string_view digits = exact_digits(context, value); !digits.empty()) {
        out += digits;
        break;
      }
      double d = value.as_number();
      if (!std::isfinite(d)) throw fault("D3001").with_value(value);
      append_number(out, round_to_15_digits(d));
      break;
    }
    default:
      if (value.is_array() && value.has(flag_outer)) value = value.items_[0];
      append_stringified(value, false, out, &context);
      context.charge(out.size() / 64);
  }
  context.check_string(out.size());
}

Value to_string_value(Context& context, Value value, bool pretty) {
  if (value.is_string() || value.is_undefined()) return value;
  if (value.is_number()) {
    if (std::string_view digits = exact_digits(context, value); !digits.empty())
      return Value::string(digits, true);
    double d = value.as_number();
    if (!std::isfinite(d)) throw fault("D3001").with_value(value);
    char text[max_number_text];
    return Value::string(context.arena.copy({text, write_number(text, round_to_15_digits(d))}), true);
  }
  std::string out;
  if (pretty && !value.is_function()) {
    if (value.is_array() && value.has(flag_outer)) value = value.items_[0];
    append_stringified(value, true, out, &context);
  } else {
    append_string_value(context, value, out);
  }
  return context.text(out);
}

Value concat(Context& context, Value left, Value right) {
  left = to_string_value(context, left);
  right = to_string_value(context, right);
  if (left.is_undefined()) return right.is_undefined() ? Value::string("", true) : right;
  if (right.is_undefined()) return left;
  std::size_t size = std::size_t{left.length} + right.length;
  context.check_string(size);
  context.charge(size / 64);
  // Halves of a surrogate pair that meet become one character.
  if (left.length >= 3 && left.text_[left.length - 3] == '\xED' && right.length >= 3 &&
      right.text_[0] == '\xED') {
    std::string joined(left.as_string());
    append_wtf8(joined, right.as_string());
    return context.text(joined);
  }
  auto* text = static_cast<char*>(context.arena.take(size));
  if (left.length > 0) std::memcpy(text, left.text_, left.length);
  if (right.length > 0) std::memcpy(text + left.length, right.text_, right.length);
  return Value::string({text, size}, left.has(flag_ascii) && right.has(flag_ascii));
}

namespace {

bool is_integer(Value v) {
  return v.is_number() && std::isfinite(v.as_number()) && v.as_number() == std::trunc(v.as_number());
}

Value range(Value left, Value right) {
  if (!left.is_undefined() && !is_integer(left)) throw fault("T2003").with_value(left);
  if (!right.is_undefined() && !is_integer(right)) throw fault("T2004").with_value(right);
  if (left.is_undefined() || right.is_undefined()) return {};
  double first = left.as_number(), last = right.as_number();
  if (first > last) return {};
  double size = last - first + 1;
  if (size > largest_range) throw fault("D2014").with_value(Value::number(size));
  Value result = Value::range(first, static_cast<std::uint32_t>(size), flag_sequence);
  result.height = 1;
  return result;
}

bool includes(Context& context, Value item, Value list) {
  if (item.is_undefined() || list.is_undefined()) return false;
  if (list.tag == Tag::range) {
    if (!item.is_number()) return false;
    double at = item.as_number() - list.number_;
    return at >= 0 && at < list.length && at == std::trunc(at);
  }
  Items items(list);
  context.charge(items.size());
  for (std::uint32_t i = 0; i < items.size(); ++i)
    if (strictly_equal(items[i], item)) return true;
  return false;
}

/// Two finite numbers that are doubles already; undefined when it is another case.
Value quick(Op op, const Context& context, Value left, Value right) {
  constexpr std::uint8_t not_plain = flag_source;
  if (left.tag != Tag::number || right.tag != Tag::number || ((left.flags | right.flags) & not_plain))
    return {};
  double a = left.number_, b = right.number_, result;
  switch (op) {
    case Op::less:
      return Value::boolean(a < b);
    case Op::less_equal:
      return Value::boolean(a <= b);
    case Op::greater:
      return Value::boolean(a > b);
    case Op::greater_equal:
      return Value::boolean(a >= b);
    case Op::equal:
      return Value::boolean(a == b);
    case Op::add:
      result = a + b;
      break;
    case Op::subtract:
      result = a - b;
      break;
    case Op::multiply:
      result = a * b;
      break;
    default:
      return {};
  }
  bool declines = !std::isfinite(result) || context.program->options.decimal_numbers;
  return declines ? Value() : Value::number(result);
}

Value operate(Op op, Context& context, Value left, Value right) {
  if (Value result = quick(op, context, left, right); !result.is_undefined()) return result;
  switch (op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
      return arithmetic(op, context, left, right);
    case Op::equal:
    case Op::not_equal:
      if (left.is_undefined() || right.is_undefined()) return Value::boolean(false);
      return Value::boolean(equal_values(context, left, right) == (op == Op::equal));
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return compare(op, left, right);
    case Op::concat:
      return concat(context, left, right);
    case Op::range:
      return range(left, right);
    default:
      return Value::boolean(includes(context, left, right));
  }
}

/// Predicates, group and `[]` behind a node that is no path.
Value finish(const Node& node, Context& context, Value result, Frame* frame) {
  if (node.plain) return collapse(result, false);
  for (const Stage& stage : node.predicates) result = filter_by(*stage.filter, context, result, frame);
  if (node.group) result = group_by(*node.group, context, result, frame);
  return collapse(result, node.keep_array);
}

}  // namespace

Value evaluate_wrapped(const Node& node, Context& context, Value input, Frame* frame) {
  return finish(node, context, node.general(node, context, input, frame), frame);
}

Value operate_at(const Node& node, Context& context, Value left, Value right) {
  try {
    return operate(node.op, context, left, right);
  } catch (Fault& f) {
    f.at_place(node.start, node.end);
    f.token = op_text(node.op);
    f.subject = f.code == "T2002" || f.code == "T2004" ? node.rhs : node.lhs;
    throw;
  }
}

bool truthy_at(const Node& node, Value operand) {
  if (operand.is_boolean()) return operand.as_boolean();
  try {
    return truthy(operand);
  } catch (Fault& f) {
    if (!f.placed) f.at_place(node.start, node.end);
    if (f.token.empty()) f.token = op_text(node.op);
    throw;
  }
}

Value evaluate_binary(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value left = run(*node.lhs, context, input, frame);
  Value result;
  if (node.op == Op::logical_and || node.op == Op::logical_or) {
    bool stops = node.op == Op::logical_or;
    bool decided = truthy_at(node, left) == stops;
    result = Value::boolean(decided ? stops : truthy_at(node, run(*node.rhs, context, input, frame)));
  } else {
    result = operate_at(node, context, left, run(*node.rhs, context, input, frame));
  }
  context.leave();
  return collapse(result, node.keep_array);
}

Value evaluate_negate(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value value = run(*node.lhs, context, input, frame);
  context.leave();
  if (value.is_undefined()) return {};
  if (!is_numeric(value)) throw fault("D1002").with_token("-").with_value(value).at(node.start, node.end);
  return Value::number(-value.as_number());
}

Value evaluate_condition(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value result;
  if (truthy(run(*node.lhs, context, input, frame))) {
    result = run(*node.rhs, context, input, frame);
  } else if (node.third) {
    result = run(*node.third, context, input, frame);
  }
  context.leave();
  return collapse(result, node.keep_array);
}

Value evaluate_block(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Frame local{frame, nullptr, 0, 0};
  Frame* own = frame;
  if (!node.bound.empty()) {
    own = node.captures ? context.arena.make<Frame>(local) : &local;
    own->capacity = static_cast<std::uint32_t>(node.bound.size());
    own->bindings = context.arena.take_array<Binding>(own->capacity);
  }
  Value result;
  for (const Node* statement : node.items) result = run(*statement, context, input, own);
  context.leave();
  return collapse(result, node.keep_array);
}

Value evaluate_bind(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value value = run(*node.rhs, context, input, frame);
  context.bind(*frame, node.symbol, value);
  context.leave();
  return collapse(value, node.keep_array);
}

}  // namespace waggle::jsonata
