// Inputs of the benchmark: one order of a shop (about 3.9 KB) and about 1 MB of them. Invented, the same each
// time.
#pragma once

#include <string>

namespace waggle::jsonata {

/// An order with 7 lines, as a shop's webhook brings it.
std::string order(int id);
/// {"orders": [...]} of about 1 MB.
std::string orders();

}  // namespace waggle::jsonata
