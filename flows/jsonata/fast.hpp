// Fast paths: functions that evaluate common shapes of expressions without the general machinery. Each checks
// what it assumes about the data and declines to the general function otherwise.
// CompileOptions::allow_fast_paths turns all off.
#pragma once

#include "flows/jsonata/ast.hpp"

namespace waggle::jsonata {

/// Replaces the evaluating function of nodes whose shape is known.
void choose_fast_paths(Program& program);

}  // namespace waggle::jsonata
