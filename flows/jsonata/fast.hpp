// Fast paths: shorter functions for common shapes of expressions. Each declines to the general function of
// its node when an assumption does not hold, so CompileOptions::allow_fast_paths switches all of them off
// without changing any answer (and those inside built-in functions, which ask Context::allows_fast_paths()).
// Chosen at the end of compiling; any thread.
#pragma once

#include <vector>

#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

/// Gives the nodes of a compiled program their fast paths.
void choose_fast_paths(Program& program);

/// a.b.c and a[0].b: names and literal indexes only. A node with `plan` has indexes and declines at arrays.
Value fast_names(const Node&, Context&, Value, Frame*);
/// A path of one name.
Value fast_name(const Node&, Context&, Value, Frame*);

/// Names, then other steps, then perhaps a group-by: `lines.(price * qty)`, `lines^(price){sku: qty}`.
struct StepsPlan {
  std::size_t names;  ///< how many steps are plain names
};
Value fast_steps(const Node&, Context&, Value, Frame*);

/// (x) without variables of its own.
Value fast_block(const Node&, Context&, Value, Frame*);
/// A built-in function that nobody has given another meaning.
Value fast_call(const Node&, Context&, Value, Frame*);

/// a & b & c ...: one text instead of one for each operator.
struct ConcatPlan {
  std::vector<const Node*> parts;
};
inline constexpr std::size_t most_parts = 32;
Value fast_concat(const Node&, Context&, Value, Frame*);

/// {"a": x, "b": y} over a context that is no array.
struct ObjectPlan {
  std::vector<Member> members;  ///< names and hashes, in JavaScript's order
  std::vector<const Node*> values;
};
Value fast_object(const Node&, Context&, Value, Frame*);

/// The function for an operator over two numbers or two texts, or nullptr. Not for exact decimals.
EvaluateFn fast_operator(Op op);

}  // namespace waggle::jsonata
