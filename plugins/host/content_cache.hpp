// Copies of plugin files, named by the SHA-256 of their content. What is loaded is a copy: overwriting a
// loaded library in place kills the process (SIGBUS), and replacing it at the same path silently runs the old
// code. Called by load_plugin; one thread.
#pragma once

#include <string>
#include <string_view>

#include <waggle/result.hpp>

namespace waggle::host {

struct CachedFile {
  std::string path;
  std::string hash;  ///< SHA-256, hex
};

/// Errors: invalid: the folder or the copy cannot be written.
Result<CachedFile> keep_copy(std::string_view bytes, const std::string& cache_dir);

}  // namespace waggle::host
