// The parser: text to tree, by operator precedence (V. Pratt, "Top Down Operator Precedence", 1973), with the
// precedences of JSONata 2.2.2 (docs.jsonata.org, read 2026-11). Used by Expression::compile and $eval.
#pragma once

#include <cstddef>
#include <string_view>

#include "flows/jsonata/ast.hpp"

namespace waggle::jsonata {

/// Parses the whole of program.source (from `from`), or, with `prefix`, up to the `}` that ends a template's
/// `${...}`. Returns the offset behind the expression: of the `}`, or the end. Sets program.root to the raw
/// tree. Throws Fault.
std::size_t parse_program(Program& program, std::size_t from, bool prefix);

/// Gives the raw tree its meaning: paths with steps and predicates, ancestors for `%`, tail calls. Throws
/// Fault.
void process_program(Program& program);

/// Chooses the function that evaluates each node; looks up built-in functions; collects free names.
void resolve_program(Program& program);

}  // namespace waggle::jsonata
