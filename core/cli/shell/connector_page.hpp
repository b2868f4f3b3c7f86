// A connector's declaration as a page of documentation; docs/connectors/*.md are exactly this, and a test
// compares. Any thread.
#pragma once

#include <string>

#include <waggle/spec.hpp>

namespace waggle::cli {

/// Markdown, ending with a line break.
std::string markdown_of(const ConnectorSpec& spec);

/// The action as a step of a flow, made of the examples of its inputs; empty when a required input has none.
std::string example_step(const ConnectorSpec& spec, const ActionSpec& action);

}  // namespace waggle::cli
