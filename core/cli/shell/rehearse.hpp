// An action on paper: it is asked for each request that it would send, and answered from a script instead of
// by the app. For `waggle run --dry`. One thread; nothing leaves the machine.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/cli/shell/canned_answers.hpp"
#include "core/cli/shell/perform.hpp"

namespace waggle::cli {

/// A request that would be sent, and what it was answered here.
struct Asked {
  Json head;  ///< docs/plugin-abi.md, HTTP request
  std::string body;
  std::optional<CannedAnswer> answer = {};  ///< none: nobody knows, and the rehearsal ends with it
};

struct Rehearsed {
  std::vector<Asked> requests;
  bool blocked = false;  ///< it would go on with a piece of its own (a file, say), which is not run here
  std::optional<Result<Json>> output;  ///< none: not known, for one of the two reasons above
};

/// Answers the next request; nullopt: nobody knows.
using Answering = std::function<std::optional<CannedAnswer>()>;

/// Errors, in `output`: the connector's own; invalid (no such connector); bug (it asks for ever).
Rehearsed rehearse(const project::Project& project, std::string_view connector, Json head,
                   const Answering& answering);

}  // namespace waggle::cli
