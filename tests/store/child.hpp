// Runs a test of this program in a process of its own: it can be killed, and it shares no locks with us. The
// child's part is a DISABLED_ test that finds its folder in the environment.
#pragma once

#include <string>

#include <sys/types.h>

namespace waggle::store::testing {

class Child {
 public:
  /// `test` like "Children.DISABLED_WritesUntilKilled".
  Child(const std::string& test, const std::string& folder);
  ~Child();
  Child(const Child&) = delete;

  /// Lines the child printed with `report`, until `count` of them came or it ended.
  std::string read_lines(int count);
  /// The rest, after it ended.
  std::string read_all();
  void kill_hard();
  /// Its exit status; -1 when it was killed.
  int wait();

  /// In the child: the folder it was given; empty when this is no child.
  static std::string folder();
  /// In the child: one line to the parent, by a single write(2).
  static void report(const std::string& line);

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace waggle::store::testing
