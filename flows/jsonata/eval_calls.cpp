// Functions: calls, lambdas, partial application, `~>`, calls in tail position.
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/lambda_call.hpp"
#include "flows/jsonata/regex.hpp"

namespace waggle::jsonata {

Value make_function(Context& context, const Function& function) {
  return Value::function(context.arena.make<Function>(function));
}

std::uint32_t arity_of(Value function) {
  const Function& f = *function.function_;
  switch (f.kind) {
    case Function::Kind::lambda:
      return static_cast<std::uint32_t>(f.node->bound.size());
    case Function::Kind::builtin:
      return f.builtin->declaration.arity;
    case Function::Kind::regex:
      return 2;
    case Function::Kind::next:
      return 0;
    case Function::Kind::composed:
    case Function::Kind::transform:
      return 1;
    case Function::Kind::partial: {
      std::uint32_t holes = 0;
      for (std::uint32_t i = 0; i < f.count; ++i) holes += f.arguments[i].tag == Tag::unbound;
      return holes;
    }
  }
  return 0;
}

Value call_builtin(const Builtin& builtin, Context& context, const Value* arguments, std::uint32_t count,
                   Value input, Frame* frame) {
  context.charge();
  ArgumentRoom validated;
  const Value* given = arguments;
  std::uint32_t written = count;
  bool standard = count <= builtin.signature.size() || builtin.extended.size() == 0;
  const Signature& signature = standard ? builtin.signature : builtin.extended;
  if (!context.allows_fast_paths() || !signature.fits(arguments, count)) {
    std::uint32_t room = count + signature.size() + 1;
    Value* out = validated.take(context, room);
    count = signature.validate(arguments, count, input, context, out, room);
    given = out;
  }
  Call call{context, given, count, input, frame, builtin, written};
  return builtin.declaration.run(call);
}

namespace {

Value call_lambda(const Function& f, Context& context, const Value* arguments, std::uint32_t count,
                  Value input) {
  const Node& node = *f.node;
  ArgumentRoom validated;
  if (node.signature) {
    std::uint32_t room = count + node.signature->size() + 1;
    Value* out = validated.take(context, room);
    count = node.signature->validate(arguments, count, input, context, out, room);
    arguments = out;
  }
  auto parameters = static_cast<std::uint32_t>(node.bound.size());
  alignas(Binding) std::byte local[most_parameters_on_stack * sizeof(Binding)];
  Frame local_frame{f.frame, reinterpret_cast<Binding*>(local), 0, most_parameters_on_stack};
  Frame* frame = &local_frame;
  if (node.captures || parameters > most_parameters_on_stack) {
    frame = context.arena.make<Frame>(
        Frame{f.frame, context.arena.take_array<Binding>(parameters), 0, parameters});
  }
  for (std::uint32_t i = 0; i < parameters; ++i)
    frame->bindings[i] = {node.bound[i], i < count ? arguments[i] : Value()};
  frame->count = parameters;
  return run(*node.lhs, context, f.input, frame);
}

Value call_partial(const Function& f, Context& context, const Value* arguments, std::uint32_t count,
                   Value input, Frame* frame) {
  ArgumentRoom room;
  Value* all = room.take(context, f.count);
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < f.count; ++i)
    all[i] =
        f.arguments[i].tag == Tag::unbound ? (next < count ? arguments[next++] : Value()) : f.arguments[i];
  return apply(context, f.first, all, f.count, input, frame);
}

Value apply_once(Context& context, Value function, const Value* arguments, std::uint32_t count, Value input,
                 Frame* frame) {
  if (!function.is_function()) throw fault("T1006");
  const Function& f = *function.function_;
  switch (f.kind) {
    case Function::Kind::lambda:
      return call_lambda(f, context, arguments, count, input);
    case Function::Kind::builtin:
      return call_builtin(*f.builtin, context, arguments, count, input, frame);
    case Function::Kind::regex:
      return match_once(context, f, count > 0 ? arguments[0] : Value(),
                        count > 1 && arguments[1].is_number() ? arguments[1].as_number() : 0);
    case Function::Kind::next:
      return match_next(context, f);
    case Function::Kind::partial:
      return call_partial(f, context, arguments, count, input, frame);
    case Function::Kind::transform:
      return run_transform(f, context, count > 0 ? arguments[0] : Value(), frame);
    case Function::Kind::composed: {
      context.enter();
      Value middle = apply(context, f.first, arguments, count > 0 ? 1 : 0, Value::null(), frame);
      Value result = apply(context, f.second, &middle, 1, Value::null(), frame);
      context.leave();
      return result;
    }
  }
  return {};
}

}  // namespace

Value apply(Context& context, Value function, const Value* arguments, std::uint32_t count, Value input,
            Frame* frame) {
  return settle(context, apply_once(context, function, arguments, count, input, frame), input, frame);
}

Value settle(Context& context, Value result, Value input, Frame* frame) {
  while (result.tag == Tag::unbound) {
    // A call in tail position: the function that made it has returned, so it adds no depth.
    context.charge();
    Context::TailCall call = context.tail;
    try {
      result = apply_once(context, call.function, call.arguments, call.count, input, frame);
    } catch (Fault& f) {
      if (!f.placed) f.at_place(call.node->start, call.node->end);
      if (f.token.empty() && call.node->lhs->kind == Kind::variable) f.token = call.node->lhs->text;
      throw;
    }
  }
  return result;
}

Value apply_to_item(Context& context, Value function, std::uint32_t arity, Value item, Value position,
                    Value whole, Frame* frame) {
  Value arguments[3] = {item, position, whole};
  std::uint32_t count = arity >= 3 ? 3 : arity >= 2 ? 2 : 1;
  context.charge();
  return apply(context, function, arguments, count, Value::null(), frame);
}

namespace {

std::string_view procedure_name(const Node& procedure) {
  if (procedure.kind == Kind::path) return procedure.items[0]->text;
  return procedure.kind == Kind::variable ? procedure.text : std::string_view();
}

/// `sum(x)` instead of `$sum(x)`: the name is a field, and there is a function of that name.
bool forgot_dollar(const Node& procedure, Context& context, Value found, Frame* frame) {
  if (!found.is_undefined() || procedure.kind != Kind::path) return false;
  std::string_view name = procedure.items[0]->text;
  if (find_builtin(name)) return true;
  for (Symbol s = 0; s < context.program->symbols.size(); ++s)
    if (context.program->symbols[s] == name) return context.lookup(s, name, frame).tag != Tag::unbound;
  return context.global(name).tag != Tag::unbound;
}

}  // namespace

void decorate(Fault& f, const Node& node) {
  if (!f.placed) f.at_place(node.start, node.end);
  if (f.token.empty()) f.token = procedure_name(*node.lhs);
  if (!f.subject && f.index > 0 && static_cast<std::size_t>(f.index) <= node.items.size())
    f.subject = node.items[static_cast<std::size_t>(f.index) - 1];
}

Value call_node(const Node& node, Context& context, Value input, Frame* frame, const Value* first_argument) {
  Value function = run(*node.lhs, context, input, frame);
  if (forgot_dollar(*node.lhs, context, function, frame))
    throw fault("T1005").with_token(node.lhs->items[0]->text).at(node.lhs->start, node.lhs->end);
  ArgumentRoom room;
  Value* arguments = room.take(context, static_cast<std::uint32_t>(node.items.size()) + 1);
  std::uint32_t count = 0;
  if (first_argument) arguments[count++] = *first_argument;
  for (const Node* argument : node.items) arguments[count++] = run(*argument, context, input, frame);
  try {
    return apply(context, function, arguments, count, input, frame);
  } catch (Fault& f) {
    decorate(f, node);
    throw;
  }
}

Value evaluate_call(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value result = call_node(node, context, input, frame, nullptr);
  context.leave();
  return collapse(result, node.keep_array);
}

Value evaluate_tail_call(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value function = run(*node.lhs, context, input, frame);
  if (!function.is_function()) {
    Fault f = fault("T1006");
    decorate(f, node);
    throw f;
  }
  auto count = static_cast<std::uint32_t>(node.items.size());
  auto* arguments = context.arena.take_array<Value>(count);
  for (std::uint32_t i = 0; i < count; ++i) arguments[i] = run(*node.items[i], context, input, frame);
  context.tail = {function, &node, arguments, count};
  context.leave();
  return Value::unbound();
}

Value evaluate_partial(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  auto count = static_cast<std::uint32_t>(node.items.size());
  auto* arguments = context.arena.take_array<Value>(count);
  for (std::uint32_t i = 0; i < count; ++i)
    arguments[i] = node.items[i]->kind == Kind::placeholder ? Value::unbound()
                                                            : run(*node.items[i], context, input, frame);
  Value function = run(*node.lhs, context, input, frame);
  if (!function.is_function()) {
    bool forgot = forgot_dollar(*node.lhs, context, function, frame);
    throw fault(forgot ? "T1007" : "T1008").with_token(procedure_name(*node.lhs)).at(node.start, node.end);
  }
  Function partial;
  partial.kind = Function::Kind::partial;
  partial.first = function;
  partial.arguments = arguments;
  partial.count = count;
  context.leave();
  return make_function(context, partial);
}

Value evaluate_lambda(const Node& node, Context& context, Value input, Frame* frame) {
  Function lambda;
  lambda.node = &node;
  lambda.frame = frame;
  lambda.input = input;
  return make_function(context, lambda);
}

Value evaluate_apply(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value left = run(*node.lhs, context, input, frame);
  Value result;
  if (node.rhs->kind == Kind::call) {
    result = call_node(*node.rhs, context, input, frame, &left);
  } else {
    Value function = run(*node.rhs, context, input, frame);
    if (!function.is_function())
      throw fault("T2006").with_token("~>").with_value(function).at(node.start, node.end);
    if (left.is_function()) {
      Function composed;
      composed.kind = Function::Kind::composed;
      composed.first = left;
      composed.second = function;
      result = make_function(context, composed);
    } else {
      try {
        result = apply(context, function, &left, 1, Value::null(), frame);
      } catch (Fault& f) {
        if (!f.placed) f.at_place(node.rhs->start, node.rhs->end);
        if (f.token.empty() && node.rhs->kind == Kind::variable) f.token = node.rhs->text;
        throw;
      }
    }
  }
  context.leave();
  return collapse(result, node.keep_array);
}

}  // namespace waggle::jsonata
