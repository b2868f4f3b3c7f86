// Reading and writing whole files for commands. One thread.
#pragma once

#include <iosfwd>
#include <string>

#include <waggle/result.hpp>

namespace waggle::cli {

/// A whole file. Errors: invalid (not there, not readable: names it).
Result<std::string> read_file(const std::string& path);

/// The same; `-` is what comes from `in`.
Result<std::string> read_input(const std::string& path, std::istream& in);

/// Writes a file that is not there yet, making folders on the way. Errors: invalid (exists already, cannot be
/// written).
Result<void> write_new_file(const std::string& path, const std::string& content);

}  // namespace waggle::cli
