#include "core/cli/shell/stop_signals.hpp"

#include <csignal>

namespace waggle::cli {
namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that hangs up must be an error of that write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
}

void StopSignals::wait() const {
  const sigset_t set = stop_set();
  int signal = 0;
  sigwait(&set, &signal);
}

void StopSignals::let_the_next_one_kill() const {
  const sigset_t set = stop_set();
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace waggle::cli
