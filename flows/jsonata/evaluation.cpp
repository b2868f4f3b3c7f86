#include "flows/jsonata/evaluation.hpp"

#include <algorithm>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/json_parse.hpp"
#include "flows/jsonata/json_write.hpp"

namespace waggle::jsonata {

struct Evaluation::State {
  explicit State(const Limits& limits) : context(limits) {}
  Context context;
};

Evaluation::Evaluation(const Limits& limits) : state_(std::make_unique<State>(limits)) {}
Evaluation::~Evaluation() = default;
Evaluation::Evaluation(Evaluation&&) noexcept = default;
Evaluation& Evaluation::operator=(Evaluation&&) noexcept = default;

void Evaluation::set_limits(const Limits& limits) { state_->context.limits = limits; }
void Evaluation::set_now(std::int64_t milliseconds) { state_->context.now = milliseconds; }
void Evaluation::set_seed(std::uint64_t seed) { state_->context.seed = seed; }
void Evaluation::set_tables(Value tables) { state_->context.tables = tables; }
void Evaluation::clear_bindings() {
  state_->context.globals.clear();
  state_->context.shadows = false;
}
std::uint64_t Evaluation::steps_used() const { return state_->context.steps(); }
Arena& Evaluation::arena() { return state_->context.arena; }

void Evaluation::bind(std::string_view name, Value value) {
  auto& globals = state_->context.globals;
  for (auto& [key, old] : globals) {
    if (key == name) {
      old = value;
      return;
    }
  }
  globals.emplace_back(name, value);
  if (find_builtin(name)) state_->context.shadows = true;
}

Value Evaluation::object(std::span<const Field> fields) {
  Context& context = state_->context;
  auto* members = context.arena.take_array<Member>(fields.size());
  std::uint32_t count = 0;
  for (const auto& [name, value] : fields) {
    std::string_view key = context.arena.copy(name);
    members[count++] = {key.data(), static_cast<std::uint32_t>(key.size()), key_hash(key), value};
  }
  return context.object(members, count);
}

Value Evaluation::array(std::span<const Value> items) {
  return state_->context.array(items.data(), static_cast<std::uint32_t>(items.size()));
}

Value Evaluation::string(std::string_view text) { return Value::string(state_->context.arena.copy(text)); }

Value Evaluation::json(std::string_view text) {
  Value value;
  JsonFault ignored;
  Context& context = state_->context;
  return parse_json(context.arena.copy(text), context.arena, {}, value, ignored) ? value : Value();
}

Outcome<Value> Evaluation::evaluate(const Expression& expression, Value input) {
  Context& context = state_->context;
  const Program& program = expression.program();
  std::size_t used = context.arena.used();
  context.arena.set_limit(used + context.limits.memory_bytes);
  context.use(program);
  context.root = input;
  context.scratch.clear();
  context.begin();
  Value at = input;
  Frame top{};
  try {
    // An input that is an array counts as one value, not as its items.
    if (input.is_array() && !input.has(flag_sequence))
      at = context.array(&input, 1, flag_sequence | flag_outer);
    Value result = run(*program.root, context, at, &top);
    context.arena.set_limit(SIZE_MAX);
    if ((result.is_array() || result.is_object()) &&
        json_size(result, context.limits.result_bytes) > context.limits.result_bytes)
      throw fault("W1009").with_text("the result is larger than " +
                                     std::to_string(context.limits.result_bytes) + " bytes");
    return result;
  } catch (const Fault& f) {
    context.arena.set_limit(SIZE_MAX);
    return to_problem(f, program.source);
  } catch (const Arena::Full&) {
    context.arena.set_limit(SIZE_MAX);
    return to_problem(
        fault("W1001").with_text("the expression needs more than " +
                                 std::to_string(context.limits.memory_bytes >> 20) + " MB of memory"),
        program.source);
  }
}

void Evaluation::reset() {
  state_->context.arena.reset();
  state_->context.eval_programs.clear();
}

}  // namespace waggle::jsonata
