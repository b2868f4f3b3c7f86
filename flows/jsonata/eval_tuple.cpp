// Paths that bind names on the way: @ (focus), # (index) and the ancestors of %. Their items are tuples.
#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

Frame* frame_of(const Tuple& tuple, Context& context, Frame* parent) {
  return context.arena.make<Frame>(Frame{parent, tuple.bindings, tuple.count, tuple.count});
}

namespace {

Tuple* new_tuple(Context& context, Value at) {
  auto* tuple = context.arena.make<Tuple>();
  tuple->at = at;
  return tuple;
}

void set(Context& context, Tuple& tuple, Symbol symbol, Value value) {
  Frame view{nullptr, tuple.bindings, tuple.count, tuple.count};
  context.bind(view, symbol, value);
  tuple.bindings = view.bindings;
  tuple.count = view.count;
}

/// A copy with room of its own: what is bound later must not show in its origin.
Tuple* copy_of(Context& context, const Tuple& from) {
  Tuple* tuple = new_tuple(context, from.at);
  tuple->bindings = context.arena.take_array<Binding>(from.count);
  std::copy(from.bindings, from.bindings + from.count, tuple->bindings);
  tuple->count = from.count;
  return tuple;
}

Value sorted_tuples(const Node& step, Context& context, Value input, Value tuples, Frame* frame) {
  if (!tuples.is_undefined()) return sort_by(step, context, tuples, frame);
  Items sorted(sort_by(step, context, input, frame));
  Sequence result(context);
  for (std::uint32_t i = 0; i < sorted.size(); ++i) {
    Tuple* tuple = new_tuple(context, sorted[i]);
    if (step.index != no_symbol) set(context, *tuple, step.index, Value::number(i));
    result.push(tuple_value(tuple));
  }
  return result.array(flag_sequence | flag_tuples);
}

void extend(const Node& step, Context& context, Tuple& from, Frame* frame, Sequence& result) {
  Frame* own = frame_of(from, context, frame);
  Value found = run(step, context, from.at, own);
  if (found.is_undefined()) return;
  Items items(found);
  bool nested = found.is_array() && found.has(flag_tuples);
  for (std::uint32_t i = 0, n = items.size(); i < n; ++i) {
    context.charge();
    Tuple* tuple = copy_of(context, from);
    Value item = items[i];
    if (nested) {
      const Tuple& inner = *item.tuple_;
      tuple->at = inner.at;
      for (std::uint32_t b = 0; b < inner.count; ++b)
        set(context, *tuple, inner.bindings[b].symbol, inner.bindings[b].value);
    } else {
      if (step.focus != no_symbol) {
        set(context, *tuple, step.focus, item);
      } else {
        tuple->at = item;
      }
      if (step.index != no_symbol) set(context, *tuple, step.index, Value::number(i));
      if (step.ancestor) set(context, *tuple, step.ancestor->label, from.at);
    }
    result.push(tuple_value(tuple));
  }
}

}  // namespace

Value tuple_step(const Node& step, Context& context, Value input, Value tuples, Frame* frame) {
  Value result;
  if (step.kind == Kind::sort) {
    result = sorted_tuples(step, context, input, tuples, frame);
  } else {
    Sequence out(context);
    if (tuples.is_undefined()) {
      Items items(input);
      for (std::uint32_t i = 0, n = items.size(); i < n; ++i) {
        Tuple start{items[i], nullptr, 0};
        extend(step, context, start, frame, out);
      }
    } else {
      for (std::uint32_t i = 0; i < tuples.length; ++i)
        extend(step, context, *tuples.items_[i].tuple_, frame, out);
    }
    result = out.array(flag_sequence | flag_tuples);
  }
  return run_stages(step.stages, context, result, frame);
}

}  // namespace waggle::jsonata
