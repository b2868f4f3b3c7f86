// Waits for Ctrl-C or `kill`, for the commands that run until told to stop. Make it before any thread is
// started: threads inherit that the signals are blocked, and only wait() takes them.
#pragma once

namespace waggle::cli {

class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  /// Returns with the first SIGINT or SIGTERM.
  void wait() const;
  /// A second one ends the program at once, should stopping take too long for somebody.
  void let_the_next_one_kill() const;
};

}  // namespace waggle::cli
