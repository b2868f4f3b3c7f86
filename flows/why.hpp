// Words for the notes of a run: which name was missing, how a value looks. Used by Calculator; pure.
#pragma once

#include <string>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::flows {

/// `event.total` when that is undefined under `names`, `event` when even that is; empty when both are there.
std::string missing_name(const jsonata::FreeName& name, jsonata::Value names);

/// A value as a template puts it into text: as `&` does, but a number that came untouched from the event
/// keeps its digits, so that a price of 29.30 reads 29.30.
void append_plain(jsonata::Value value, std::string& text);

/// A value as JSON, cut after 40 bytes at a character's border.
std::string shortened(jsonata::Value value);

}  // namespace waggle::flows
