// Performs one operation of a connector from the command line: an action, a check, a sample; over the
// outbound client (rehearse.hpp is the same without it). Blocks the calling thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/engine/drive.hpp"
#include "core/project/project.hpp"

namespace waggle::cli {

struct Performed {
  Result<engine::Answer> result;
  std::vector<engine::Exchange> exchanges;  ///< what was sent; not masked
};

/// Errors, beside the connector's own: invalid (no such connector), bug (its answer is nonsense).
Performed perform(const project::Project& project, std::string_view connector, Json head, std::string body,
                  std::chrono::milliseconds deadline);

/// Errors: invalid (no such connector).
Result<std::shared_ptr<const host::Plugin>> find_plugin(const project::Project& project,
                                                        std::string_view connector);

}  // namespace waggle::cli
