// What the host demands of a plugin before it believes it: the struct behind waggle_plugin_entry, and the
// declaration. Used by the probe in the child process and again by the load in ours. One thread.
#pragma once

#include <string>
#include <string_view>

#include <waggle/abi.h>
#include <waggle/result.hpp>
#include <waggle/spec.hpp>

namespace waggle::host {

/// Longest declaration that is read; the largest of ours has 200 kB.
inline constexpr std::size_t max_description_bytes = 8u << 20;

/// Calls the entry and checks magic, major, size and callbacks. Errors: invalid (other major; names both),
/// bug.
Result<const waggle_plugin*> enter(waggle_plugin_entry_fn entry);

/// Calls describe. Errors: bug (it throws, or answers nonsense).
Result<std::string> describe(const waggle_plugin& plugin);

/// Errors: bug, with what is wrong in the declaration.
Result<ConnectorSpec> read_description(std::string_view text);

/// "threw: what()" for the exception in flight.
std::string thrown();

}  // namespace waggle::host
