// The files of a project folder, as text. Used by the loaders of this room. Blocks; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>
#include <waggle/result.hpp>

#include "flows/problem.hpp"

namespace waggle::project {

/// The text of a file; nullopt when there is none. Errors: invalid (not readable, no plain file, larger than
/// a YAML file may be).
Result<std::optional<std::string>> read_file(const std::string& path);

struct FlowFiles {
  std::map<std::string, std::string, std::less<>> texts;  ///< by id: the file's name without .yaml
  flows::Problems problems;  ///< files that cannot be read or whose name is no id
};

/// The *.yaml in flows/. Hidden files (editors' swap files) are passed over in silence.
FlowFiles read_flow_files(const std::string& dir);

/// How problems name the file of a flow.
std::string flow_file(std::string_view id);

}  // namespace waggle::project
