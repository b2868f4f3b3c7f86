// $eval: evaluates text that is only known at run time. Off unless CompileOptions::allow_eval; flows never
// switch it on.
#pragma once

#include "flows/jsonata/builtin.hpp"

namespace waggle::jsonata {

/// Errors: W1006 switched off, D3120 syntax, D3121 evaluation.
Value evaluate_text(Call& call);

}  // namespace waggle::jsonata
