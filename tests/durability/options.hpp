// What the tests of this folder start with.
#pragma once

#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/durability/harness/crash_loop.hpp"

namespace waggle::durability {

/// WAGGLE_SEED=n repeats what failed.
inline CrashOptions options_for(const std::string& program) {
  const char* given = std::getenv("WAGGLE_SEED");
  CrashOptions options;
  options.program = WAGGLE_BUILD_DIR "/" + program;
  options.seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "WAGGLE_SEED=" << options.seed << "\n";
  return options;
}

}  // namespace waggle::durability
