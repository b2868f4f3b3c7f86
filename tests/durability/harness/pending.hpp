// A data folder full of runs that have not begun, as a long outage leaves it.
#pragma once

#include <cstdint>
#include <string>

#include <waggle/result.hpp>

namespace waggle::durability {

/// Copies the one event and run that the folder holds `count` times, with ids of their own. No server may run
/// on it.
Result<void> add_pending_runs(const std::string& data_dir, std::int64_t count);

}  // namespace waggle::durability
