// Expression: a compiled JSONata expression, immutable. Compile once (when a flow is loaded), share between
// threads, evaluate many times with an Evaluation of your own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "flows/jsonata/expression_error.hpp"

namespace waggle::jsonata {

struct Program;

/// Longer expressions are generated or hostile; 64 kB is ten pages.
inline constexpr std::size_t max_expression_bytes = 64 * 1024;
/// Nested calls and brackets; the parser and the evaluator recurse this deep at most.
inline constexpr unsigned max_expression_nesting = 500;

struct CompileOptions {
  bool allow_eval = false;  ///< $eval() is off in flows; the conformance suite switches it on
  bool allow_fast_paths =
      true;  ///< off: only general ways (for reading: see ParseOptions); the tests run both
  bool decimal_numbers =
      false;  ///< exact decimal arithmetic instead of doubles (a flow's `numbers: decimal`)
  bool reference_compat =
      false;  ///< no deviations at all: 1/0 is Infinity, odd zone offsets as the reference has them
};

/// A name an expression reads from its input, so that `check` can say "unknown name `evnt`, did you mean
/// `event`".
struct FreeName {
  std::string name;          ///< first segment: `event`
  std::string second;        ///< `.total` of event.total; empty when it is not a plain name
  std::uint32_t offset = 0;  ///< bytes from the start of the text
  std::uint32_t second_offset = 0;
};

class Expression {
 public:
  /// The whole of `text`. Errors: a Problem with place and hint.
  static Outcome<Expression> compile(std::string_view text, const CompileOptions& options = {});

  struct Prefix;
  /// The expression that starts at `offset` of `text` and is followed by `}`: the inside of `${...}` of a
  /// template. Positions are relative to `text`.
  static Outcome<Prefix> compile_prefix(std::string_view text, std::size_t offset,
                                        const CompileOptions& options = {});

  /// Names read from the root of the input, in the order of the text. Names under a context that cannot be
  /// known (predicates, steps of a path) are not among them.
  const std::vector<FreeName>& free_names() const;
  /// Variables ($name) that the expression reads but never sets, without built-in functions.
  const std::vector<FreeName>& free_variables() const;
  /// The value when the expression is a plain literal ("x", 12, true, null), as JSON text; otherwise empty.
  std::string literal_json() const;
  std::string_view text() const;
  const Program& program() const { return *program_; }
  std::shared_ptr<const Program> share() const { return program_; }

  explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

 private:
  std::shared_ptr<const Program> program_;
};

struct Expression::Prefix {
  Expression expression;
  std::size_t end;  ///< offset of the closing `}`
};

}  // namespace waggle::jsonata
