// Functions that take functions: $map, $filter, $single, $reduce.
#include "flows/jsonata/lambda_call.hpp"

namespace waggle::jsonata {

namespace {

Value require_function(const Call& call, std::uint32_t index) {
  if (!call[index].is_function())
    throw fault("T0410").with_value(call[index]).with_index(static_cast<int>(index) + 1);
  return call[index];
}

Value map(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  RepeatedCall function(call.context, require_function(call, 1), call.frame);
  Sequence results(call.context);
  for (std::uint32_t i = 0; i < list.length; ++i) {
    Value result = function.on_item(list.item(i), Value::number(i), list);
    if (!result.is_undefined()) results.push(result);
  }
  return results.sequence();
}

Value filter(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  RepeatedCall function(call.context, require_function(call, 1), call.frame);
  Sequence kept(call.context);
  for (std::uint32_t i = 0; i < list.length; ++i) {
    Value item = list.item(i);
    Value verdict = function.on_item(item, Value::number(i), list);
    if (verdict.is_boolean() ? verdict.as_boolean() : truthy(verdict)) kept.push(item);
  }
  return kept.sequence();
}

Value single(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  std::uint32_t arity = call.has(1) ? arity_of(require_function(call, 1)) : 0;
  Value found;
  bool any = false;
  for (std::uint32_t i = 0; i < list.length; ++i) {
    Value item = list.item(i);
    if (call.has(1) &&
        !truthy(apply_to_item(call.context, call[1], arity, item, Value::number(i), list, call.frame)))
      continue;
    if (any) throw fault("D3138");
    found = item;
    any = true;
  }
  if (!any) throw fault("D3139");
  return found;
}

Value reduce(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  RepeatedCall function(call.context, require_function(call, 1), call.frame);
  if (function.arity() < 2) throw fault("D3050").with_index(1);
  std::uint32_t i = 0;
  Value result = call[2];
  if (result.is_undefined() && list.length > 0) result = list.item(i++);
  for (; i < list.length; ++i) {
    Value arguments[4] = {result, list.item(i), Value::number(i), list};
    result = function(arguments, std::min(function.arity(), 4u));
  }
  return result;
}

constexpr Declaration table[] = {
    {"map", "<af>", map, 2},
    {"filter", "<af>", filter, 2},
    {"single", "<af?>", single, 2},
    {"reduce", "<afj?:j>", reduce, 3},
};

}  // namespace

Family higher_order_functions() { return table; }

}  // namespace waggle::jsonata
