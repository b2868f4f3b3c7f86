#include "flows/jsonata/eval_text.hpp"

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/parser.hpp"
#include "flows/jsonata/regex.hpp"

namespace waggle::jsonata {

namespace {

Fault wrapped(std::string_view code, const Fault& inner, std::string_view source) {
  Fault f = fault(code);
  f.value = to_json(Value::string(to_problem(inner, source).message));
  return f;
}

/// Numbers names the same way for all texts of one evaluation, so that they see each other's variables.
std::shared_ptr<Program> compile_inner(Context& context, std::string_view text) {
  auto program = std::make_shared<Program>();
  program->source = text;
  program->options = context.program->options;
  if (context.eval_symbols.empty()) context.eval_symbols = context.program->symbols;
  program->symbols = context.eval_symbols;
  parse_program(*program, 0, false);
  process_program(*program);
  resolve_program(*program);
  context.eval_symbols = program->symbols;
  context.eval_programs.push_back(program);
  return program;
}

}  // namespace

Value evaluate_text(Call& call) {
  Context& context = call.context;
  if (!context.program->options.allow_eval)
    throw fault("W1006").with_text(
        "$eval() is switched off: what an expression does must be known when it is loaded");
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string();
  context.charge(100 + text.size());
  std::shared_ptr<Program> program;
  try {
    if (text.size() > max_expression_bytes) throw fault("W1005").with_text("the text is too long");
    program = compile_inner(context, text);
  } catch (const Fault& f) {
    throw wrapped("D3120", f, text);
  }
  Value input = call.has(1) ? call[1] : call.input;
  if (call.has(1) && input.is_array() && !input.has(flag_sequence))
    input = context.array(&input, 1, flag_sequence | flag_outer);
  std::uint32_t depth = context.depth;
  try {
    // Closures made inside may outlive the caller's frame on the stack, so the text gets a frame of the
    // arena.
    Frame* frame = context.arena.make<Frame>(Frame{call.frame, nullptr, 0, 0});
    return run(*program->root, context, input, frame);
  } catch (const Fault& f) {
    bool is_limit =
        f.code[0] == 'W' || f.code[0] == 'U' || f.code == "D1011" || f.code == "D1012" || f.code == "D2015";
    if (is_limit) throw;
    context.depth = depth;
    throw wrapped("D3121", f, text);
  }
}

}  // namespace waggle::jsonata
