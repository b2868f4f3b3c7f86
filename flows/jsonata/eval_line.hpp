// One line of `waggle eval --jsonl`: a request in, an answer out, both JSON on one line. Called by the CLI;
// any thread.
#pragma once

#include <string>
#include <string_view>

namespace waggle::jsonata {

/// `line`: {"expr", "input" (absent = no input), "bindings", "limits": {"depth", "time_ms"}}.
/// Answer, without a line break: {"result"} | {"undefined": true} | {"error": {"code", "position", "message",
/// ...}}. `fast_paths` switches all of them off as a whole, in reading as in evaluating.
std::string evaluate_jsonl(std::string_view line, bool fast_paths = true);

}  // namespace waggle::jsonata
