// waggle.yaml -> Settings. Used by load_project and load_settings; any thread.
#pragma once

#include <string>

#include "core/project/project.hpp"

namespace waggle::project {

struct ReadSettings {
  Settings settings;
  flows::Problems problems;
  bool usable = true;  ///< false: the file as a whole cannot be read
};

/// A key that is wrong is reported and keeps its default; `dir` is absolute. No file: all defaults.
ReadSettings read_settings(const std::string& dir);

}  // namespace waggle::project
