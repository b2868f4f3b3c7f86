// The evaluator's parts as they call each other. Each node carries a pointer to the function that evaluates
// it; the functions follow the reference's semantics name by name. One thread, one Context.
#pragma once

#include <cstddef>

#include "flows/jsonata/builtin.hpp"
#include "flows/jsonata/context.hpp"

namespace waggle::jsonata {

struct Exact;

inline Value run(const Node& node, Context& context, Value input, Frame* frame) {
  return node.evaluate(node, context, input, frame);
}

/// What every node does with its result: a sequence of none is nothing, of one is its item.
inline Value collapse(Value result, bool keep_array) {
  if (!result.is_array() || !result.has(flag_sequence) || result.has(flag_tuples)) return result;
  if (keep_array) result.flags |= flag_keep_singleton;
  if (result.length == 0) return {};
  if (result.length == 1 && !result.has(flag_keep_singleton)) return result.item(0);
  return result;
}

/// Room for the arguments of a call: a few on the stack, without writing to it first; many in the arena.
class ArgumentRoom {
 public:
  Value* take(Context& context, std::uint32_t count) {
    return count <= on_stack ? reinterpret_cast<Value*>(bytes_) : context.arena.take_array<Value>(count);
  }

 private:
  static constexpr std::uint32_t on_stack = 8;
  alignas(Value) std::byte bytes_[on_stack * sizeof(Value)];
};

/// True for finite numbers; D1001 for infinite ones.
bool is_numeric(Value value);
/// Truth as to_boolean, but infinite numbers are an error.
bool truthy(Value value);

Value name_of(const Node& node, Context& context, Value input);
/// The member of `object` that a name means, or nullptr.
const Member* member_of(const Node& name, const Object& object);
/// One step of a path over an item or items; `last`: of the path.
Value path_step(const Node& step, Context& context, Value input, Frame* frame, bool last);
Value filter_by(const Node& predicate, Context& context, Value input, Frame* frame);
Value group_by(const Node& group, Context& context, Value input, Frame* frame);
Value sort_by(const Node& sort, Context& context, Value input, Frame* frame);
Value run_stages(const std::vector<Stage>& stages, Context& context, Value input, Frame* frame);
/// One step of a path that carries tuples. `tuples` is undefined before the first such step.
Value tuple_step(const Node& step, Context& context, Value input, Value tuples, Frame* frame);
Frame* frame_of(const Tuple& tuple, Context& context, Frame* parent);
inline Value tuple_value(Tuple* tuple) {
  Value v;
  v.tag = Tag::tuple;
  v.tuple_ = tuple;
  return v;
}

/// Calls a function value; `input` is the context for built-ins that lack an argument. T1006 when it is none.
Value apply(Context& context, Value function, const Value* arguments, std::uint32_t count, Value input,
            Frame* frame);
/// For functions given to $map and its kin: offers (value, index or key, whole) as far as the function takes
/// them.
Value apply_to_item(Context& context, Value function, std::uint32_t arity, Value item, Value position,
                    Value whole, Frame* frame);
/// What a call answered in the end: performs the calls that functions left in tail position.
Value settle(Context& context, Value result, Value input, Frame* frame);
Value call_builtin(const Builtin& builtin, Context& context, const Value* arguments, std::uint32_t count,
                   Value input, Frame* frame);
Value call_node(const Node& node, Context& context, Value input, Frame* frame, const Value* first_argument);
/// Gives an error the place and name of the call it came out of.
void decorate(Fault& fault, const Node& call);
Value run_transform(const Function& transform, Context& context, Value argument, Frame* frame);
std::uint32_t arity_of(Value function);
Value make_function(Context& context, const Function& function);

/// $clone(): as through JSON text.
Value clone_value(Context& context, Value value);

/// $string() and `&`.
Value to_string_value(Context& context, Value value, bool pretty = false);
void append_string_value(Context& context, Value value, std::string& out);
Value concat(Context& context, Value left, Value right);

/// A number with all its digits.
Value exact_value(Context& context, const Exact& exact);
Value arithmetic(Op op, Context& context, Value left, Value right);
Value compare(Op op, Value left, Value right);
/// A binary operator other than `and` and `or` over its operands; errors get the operator's place.
Value operate_at(const Node& node, Context& context, Value left, Value right);
/// Truth of an operand of `and` or `or`.
bool truthy_at(const Node& node, Value operand);
bool strictly_equal(Value a, Value b);
/// equal(), charged for.
bool equal_values(Context& context, Value a, Value b);
Value append_values(Context& context, Value first, Value second);

/// Stable merge sort; `after(a, b)` says that a belongs behind b. Compares the same pairs as the reference,
/// in its order.
template <class T, class After>
void merge_sort(T* items, T* space, std::uint32_t count, const After& after) {
  if (count <= 1) return;
  std::uint32_t middle = count / 2;
  merge_sort(items, space, middle, after);
  merge_sort(items + middle, space, count - middle, after);
  for (std::uint32_t i = 0; i < count; ++i) space[i] = items[i];
  std::uint32_t left = 0, right = middle, to = 0;
  while (left < middle && right < count)
    items[to++] = after(space[left], space[right]) ? space[right++] : space[left++];
  while (left < middle) items[to++] = space[left++];
  while (right < count) items[to++] = space[right++];
}

/// Runs `general`, then the node's predicates, group and [].
Value evaluate_wrapped(const Node&, Context&, Value, Frame*);

/// Evaluating functions of the kinds of nodes, for resolve.cpp.
Value evaluate_literal(const Node&, Context&, Value, Frame*);
Value evaluate_path(const Node&, Context&, Value, Frame*);
Value evaluate_name(const Node&, Context&, Value, Frame*);
Value evaluate_wildcard(const Node&, Context&, Value, Frame*);
Value evaluate_descendants(const Node&, Context&, Value, Frame*);
Value evaluate_parent(const Node&, Context&, Value, Frame*);
Value evaluate_context(const Node&, Context&, Value, Frame*);      ///< $
Value evaluate_whole_input(const Node&, Context&, Value, Frame*);  ///< $$
Value evaluate_variable(const Node&, Context&, Value, Frame*);
Value evaluate_binary(const Node&, Context&, Value, Frame*);
Value evaluate_negate(const Node&, Context&, Value, Frame*);
Value evaluate_array(const Node&, Context&, Value, Frame*);
Value evaluate_object(const Node&, Context&, Value, Frame*);
Value evaluate_condition(const Node&, Context&, Value, Frame*);
Value evaluate_block(const Node&, Context&, Value, Frame*);
Value evaluate_bind(const Node&, Context&, Value, Frame*);
Value evaluate_regex(const Node&, Context&, Value, Frame*);
Value evaluate_call(const Node&, Context&, Value, Frame*);
Value evaluate_tail_call(const Node&, Context&, Value, Frame*);
Value evaluate_partial(const Node&, Context&, Value, Frame*);
Value evaluate_lambda(const Node&, Context&, Value, Frame*);
Value evaluate_apply(const Node&, Context&, Value, Frame*);
Value evaluate_transform(const Node&, Context&, Value, Frame*);

}  // namespace waggle::jsonata
