// Coerce: brings the value of an expression into the type that a connector declares for an input, or puts the
// declared fallback in its place. Used by actions when they run; results live in the Evaluation.
#pragma once

#include <string>

#include <waggle/result.hpp>
#include <waggle/spec.hpp>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::flows {

/// 29.35, "29.35" and "1e3" fit a decimal and keep their digits; 5 fits a text; one item fits a list;
/// undefined and null become the field's fallback, if it has one; so do the members of objects, at every
/// depth. Whether the value itself may be missing is for the caller to say. Errors: invalid, naming the input
/// and what it was, never showing a secret; or a required member that has no value.
Result<jsonata::Value> coerce(jsonata::Value value, const Field& field, const std::string& owner,
                              jsonata::Evaluation& memory);

}  // namespace waggle::flows
