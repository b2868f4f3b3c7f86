// The shell around the commands: parses the command line, picks the command, turns its end into an exit code.
// Called by main(); one thread.
#pragma once

#include <functional>

#include "core/cli/shell/terminal.hpp"

namespace waggle::cli {

/// Exit codes of every command; scripts rely on them.
enum ExitCode : int {
  exit_ok = 0,
  exit_problems =
      1,  ///< the command did its work and the answer is bad: a problem was found, a delivery was refused
  exit_usage = 2,  ///< the command line makes no sense, or names what is not there
};

/// `on_serving` is called when the start of a server is over: it takes arrivals.
int run(int argc, char** argv, Terminal& terminal, std::function<void()> on_serving = {});

}  // namespace waggle::cli
