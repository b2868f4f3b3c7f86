// The real program as a child process: started, stopped, frozen and killed at will. One thread at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
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
  void freeze();  ///< SIGSTOP, and waits until every thread stands still
  void go_on();   ///< SIGCONT
  /// How long after now /readyz answers 200; nullopt: not within the limit, or the process ended.
  std::optional<std::chrono::milliseconds> ready_within(std::chrono::milliseconds limit);

  /// True when it is gone and nobody here killed it.
  bool ended();
  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const;

 private:
  std::string program_;
  std::string dir_;
  std::uint16_t port_;
  pid_t pid_ = -1;
};

/// Whether GET /readyz, over a connection of its own, is answered 200 within a second.
bool answers_ready(std::uint16_t port);

/// What the system says about a process.
struct Usage {
  std::uint64_t resident_bytes = 0;
  int threads = 0;
  int open_files = 0;
};
Usage usage_of(pid_t pid);

/// A port that nobody listens on at this moment, below the range that outgoing connections take theirs from:
/// one of those would make a restart fail.
std::uint16_t free_port();

/// Starts a command in a process group of its own, its output appended to a file.
pid_t spawn(const std::vector<std::string>& command, const std::string& output);
/// Its exit status; 128 + signal when it was killed.
int wait_for(pid_t pid);
/// Both (127: it could not be run).
int run(const std::vector<std::string>& command, const std::string& output = "/dev/null");

}  // namespace waggle::durability
