// Trying a plugin in a child process: what crashes or hangs while loading, in waggle_plugin_entry or in
// describe does so there. Called by load_plugin; blocks until the child is done, at most a few seconds. One
// thread.
#pragma once

#include <string>

#include <waggle/result.hpp>

namespace waggle::host {

/// Errors: what the load in our own process would end with; bug when the child crashed or did not end in
/// time.
Result<void> probe(const std::string& library);

}  // namespace waggle::host
