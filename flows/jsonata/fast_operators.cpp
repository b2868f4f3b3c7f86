// Fast paths of operators over two plain numbers or two texts; everything else goes the general way.
#include <cmath>
#include <cstring>

#include "flows/jsonata/fast.hpp"

namespace waggle::jsonata {

namespace {

bool both_plain_numbers(Value a, Value b) {
  return a.tag == Tag::number && b.tag == Tag::number && ((a.flags | b.flags) & flag_source) == 0;
}

template <Op op>
Value arithmetic_of(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value left = run(*node.lhs, context, input, frame);
  Value right = run(*node.rhs, context, input, frame);
  context.leave();
  if (both_plain_numbers(left, right)) {
    double a = left.number_, b = right.number_;
    double result = op == Op::add ? a + b : op == Op::subtract ? a - b : op == Op::multiply ? a * b : a / b;
    if (std::isfinite(result)) return Value::number(result);
  }
  return collapse(operate_at(node, context, left, right), false);
}

template <Op op>
Value comparison(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value left = run(*node.lhs, context, input, frame);
  Value right = run(*node.rhs, context, input, frame);
  context.leave();
  if (both_plain_numbers(left, right)) {
    double a = left.number_, b = right.number_;
    return Value::boolean(op == Op::less            ? a < b
                          : op == Op::less_equal    ? a <= b
                          : op == Op::greater       ? a > b
                          : op == Op::greater_equal ? a >= b
                          : op == Op::equal         ? a == b
                                                    : a != b);
  }
  if ((op == Op::equal || op == Op::not_equal) && left.is_string() && right.is_string())
    return Value::boolean((left.as_string() == right.as_string()) == (op == Op::equal));
  return collapse(operate_at(node, context, left, right), false);
}

}  // namespace

EvaluateFn fast_operator(Op op) {
  switch (op) {
    case Op::add:
      return arithmetic_of<Op::add>;
    case Op::subtract:
      return arithmetic_of<Op::subtract>;
    case Op::multiply:
      return arithmetic_of<Op::multiply>;
    case Op::divide:
      return arithmetic_of<Op::divide>;
    case Op::less:
      return comparison<Op::less>;
    case Op::less_equal:
      return comparison<Op::less_equal>;
    case Op::greater:
      return comparison<Op::greater>;
    case Op::greater_equal:
      return comparison<Op::greater_equal>;
    case Op::equal:
      return comparison<Op::equal>;
    case Op::not_equal:
      return comparison<Op::not_equal>;
    default:
      return nullptr;
  }
}

}  // namespace waggle::jsonata
