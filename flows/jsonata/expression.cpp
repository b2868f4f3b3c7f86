#include "flows/jsonata/expression.hpp"

#include "flows/jsonata/ast.hpp"
#include "flows/jsonata/document.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/parser.hpp"
#include "flows/jsonata/regex.hpp"
#include "flows/jsonata/signature.hpp"

namespace waggle::jsonata {

namespace {

struct Compiled {
  std::shared_ptr<Program> program;
  std::size_t end;
};

Outcome<Compiled> compile_text(std::string_view text, std::size_t from, bool prefix,
                               const CompileOptions& options) {
  auto program = std::make_shared<Program>();
  try {
    // A template may hold many expressions; what counts is where this one begins.
    if (!prefix && text.size() > max_expression_bytes)
      throw fault("W1005").with_text("the expression is longer than " + std::to_string(max_expression_bytes) +
                                     " bytes");
    program->source = text;
    program->options = options;
    std::size_t end = parse_program(*program, from, prefix);
    process_program(*program);
    resolve_program(*program);
    return Compiled{std::move(program), end};
  } catch (const Fault& f) {
    return to_problem(f, text);
  }
}

}  // namespace

Outcome<Expression> Expression::compile(std::string_view text, const CompileOptions& options) {
  auto compiled = compile_text(text, 0, false, options);
  if (!compiled) return std::move(compiled.problem());
  return Expression(std::move(compiled->program));
}

Outcome<Expression::Prefix> Expression::compile_prefix(std::string_view text, std::size_t offset,
                                                       const CompileOptions& options) {
  auto compiled = compile_text(text, offset, true, options);
  if (!compiled) return std::move(compiled.problem());
  return Prefix{Expression(std::move(compiled->program)), compiled->end};
}

const std::vector<FreeName>& Expression::free_names() const { return program_->free_names; }
const std::vector<FreeName>& Expression::free_variables() const { return program_->free_variables; }
std::string_view Expression::text() const { return program_->source; }

std::string Expression::literal_json() const {
  const Node& root = *program_->root;
  bool literal = root.kind == Kind::string || root.kind == Kind::number || root.kind == Kind::value;
  return literal && root.plain ? to_json(root.literal) : std::string();
}

}  // namespace waggle::jsonata
