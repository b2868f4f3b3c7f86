// A plugin's file before anybody runs it: is it ours alone to write, and a complete shared library for this
// machine? Called by load_plugin. One thread.
#pragma once

#include <string>
#include <string_view>

#include <waggle/result.hpp>

namespace waggle::host {

/// The bytes of a plugin file, read through one descriptor after looking at its rights through the same.
/// Errors: invalid (a link, no regular file, writable by group or others, owned by somebody else, too large,
/// unreadable), each with the cure; retry (the machine has no descriptor or memory to spare).
Result<std::string> read_plugin_file(const std::string& file);

/// Errors: invalid: it is no ELF shared library, is for another machine, or has lost its end.
Result<void> check_elf(std::string_view bytes);

}  // namespace waggle::host
