#include "flows/jsonata/fast.hpp"

namespace waggle::jsonata {

void choose_fast_paths(Program&) {}

}  // namespace waggle::jsonata
