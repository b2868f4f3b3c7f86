// From a file to a loaded plugin: the story of all checks. Called by PluginFolder, and by tests and `waggle
// connector check` for one file. Blocks (it reads, copies and waits for a child process); one thread at a
// time.
#pragma once

#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "plugins/host/plugin.hpp"

namespace waggle::host {

/// Reads the file, refuses what is no plugin or may be written by others, copies it into `cache_dir` by its
/// content hash, tries the copy in a child process, and loads it. Errors: invalid (the file; with what to
/// do), bug (the plugin breaks the contract), retry (there is no descriptor or process to try it with).
Result<std::shared_ptr<const Plugin>> load_plugin(const std::string& file, const std::string& cache_dir);

}  // namespace waggle::host
