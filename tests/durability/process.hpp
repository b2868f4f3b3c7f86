// The real program as a child process, started and killed at will. For the durability tests.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace waggle::durability {

/// `waggle up` on a project folder. Its log goes to <dir>/waggle.log.
class Process {
 public:
  Process(std::string program, std::string dir, std::uint16_t port);
  ~Process();  ///< kills it

  void start();
  /// SIGKILL to the whole process group, and waits until it is gone.
  void kill();
  /// SIGTERM; returns the exit status.
  int stop();
  bool running() const { return pid_ > 0; }

 private:
  std::string program_;
  std::string dir_;
  std::uint16_t port_;
  pid_t pid_ = -1;
};

/// A port that nobody listens on at this moment.
std::uint16_t free_port();

/// Runs a command, its output to a file; the exit status (127: it could not be run).
int run(const std::vector<std::string>& command, const std::string& output);

}  // namespace waggle::durability
