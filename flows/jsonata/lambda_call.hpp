// A function that $map and its kin call again and again: what does not change between the calls is done once.
// Declines to apply() for everything but plain lambdas. One thread, on the stack of the caller.
#pragma once

#include <cstddef>

#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

/// A lambda with more parameters keeps them in the arena.
inline constexpr std::uint32_t most_parameters_on_stack = 6;

class RepeatedCall {
 public:
  RepeatedCall(Context& context, Value function, Frame* frame)
      : context_(context), function_(function), caller_(frame), arity_(arity_of(function)) {
    const Function& f = *function.function_;
    if (f.kind != Function::Kind::lambda || !context.allows_fast_paths()) return;
    const Node& node = *f.node;
    // A closure made inside would keep the frame.
    if (node.signature || node.captures || node.bound.size() > most_parameters_on_stack) return;
    body_ = node.lhs;
    frame_ = {f.frame, bindings(), 0, most_parameters_on_stack};
  }

  std::uint32_t arity() const { return arity_; }

  Value operator()(const Value* arguments, std::uint32_t count) {
    context_.charge();
    if (!body_) return apply(context_, function_, arguments, count, Value::null(), caller_);
    const Function& f = *function_.function_;
    // The body may have set variables of its own.
    frame_.bindings = bindings();
    frame_.capacity = most_parameters_on_stack;
    frame_.count = static_cast<std::uint32_t>(f.node->bound.size());
    for (std::uint32_t i = 0; i < frame_.count; ++i)
      frame_.bindings[i] = {f.node->bound[i], i < count ? arguments[i] : Value()};
    Value result = run(*body_, context_, f.input, &frame_);
    return result.tag == Tag::unbound ? settle(context_, result, Value::null(), caller_) : result;
  }

  /// Offers (value, index or key, whole) as far as the function takes them.
  Value on_item(Value item, Value position, Value whole) {
    Value arguments[3] = {item, position, whole};
    return (*this)(arguments, arity_ >= 3 ? 3 : arity_ >= 2 ? 2 : 1);
  }

 private:
  Binding* bindings() { return reinterpret_cast<Binding*>(room_); }

  Context& context_;
  Value function_;
  Frame* caller_;
  std::uint32_t arity_;
  const Node* body_ = nullptr;
  Frame frame_{};
  alignas(Binding) std::byte room_[most_parameters_on_stack * sizeof(Binding)];
};

}  // namespace waggle::jsonata
