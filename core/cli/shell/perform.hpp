// Performs one operation of a connector from the command line: an action, a check, a sample. Either for real,
// over the outbound client, or dry: then requests are recorded and answered by nobody. Blocks the calling
// thread.
#pragma once

#include <chrono>
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

/// A request that an operation would send first.
struct Intended {
  std::string effect;  ///< http, sleep, blocking; empty: it finished without any
  Json head;
  std::string body;
};

/// Starts the operation and stops before its first effect. Errors: as perform.
Result<Intended> intend(const project::Project& project, std::string_view connector, Json head);

}  // namespace waggle::cli
