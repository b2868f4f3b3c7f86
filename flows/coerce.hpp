// Coerce: brings the value of an expression into the type that a connector declares for an input. Used by
// actions when they run; results live in the Evaluation.
#pragma once

#include <string>

#include <waggle/result.hpp>
#include <waggle/spec.hpp>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::flows {

/// 29.35, "29.35" and "1e3" fit a decimal and keep their digits; 5 fits a text; one item fits a list;
/// undefined and null stay what they are. Errors: invalid, naming the input and what it was; never showing a
/// secret.
Result<jsonata::Value> coerce(jsonata::Value value, const Field& field, const std::string& owner,
                              jsonata::Evaluation& memory);

}  // namespace waggle::flows
