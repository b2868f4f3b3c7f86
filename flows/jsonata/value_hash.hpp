// A hash of whole values that agrees with equal(). Any thread.
#pragma once

#include <cstdint>

#include "flows/jsonata/context.hpp"

namespace waggle::jsonata {

std::uint64_t value_hash(Context& context, Value value);

}  // namespace waggle::jsonata
