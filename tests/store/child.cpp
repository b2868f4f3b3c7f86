#include "tests/store/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace waggle::store::testing {
namespace {

constexpr const char* kFolderVariable = "WAGGLE_TEST_CHILD_FOLDER";
constexpr int kReportFile = 7;  ///< the child's end of the pipe; apart from stdout, where GoogleTest writes

}  // namespace

Child::Child(const std::string& test, const std::string& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], kReportFile);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  setenv(kFolderVariable, folder.c_str(), 1);
  std::string program = "/proc/self/exe", filter = "--gtest_filter=" + test,
              also = "--gtest_also_run_disabled_tests";
  char* arguments[] = {program.data(), filter.data(), also.data(), nullptr};
  const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ);
  unsetenv(kFolderVariable);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  pipe_ = ends[0];
  if (failed != 0) throw std::runtime_error("no child");
}

Child::~Child() {
  kill_hard();
  wait();
  close(pipe_);
}

std::string Child::read_lines(int count) {
  std::string text;
  char byte = 0;
  while (count > 0 && read(pipe_, &byte, 1) == 1) {
    text += byte;
    if (byte == '\n') --count;
  }
  return text;
}

std::string Child::read_all() {
  std::string text;
  char part[4096];
  for (ssize_t got = 0; (got = read(pipe_, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  return text;
}

void Child::kill_hard() {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

int Child::wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string Child::folder() {
  const char* folder = std::getenv(kFolderVariable);
  return folder ? folder : "";
}

void Child::report(const std::string& line) {
  const std::string text = line + "\n";
  if (write(kReportFile, text.data(), text.size()) != static_cast<ssize_t>(text.size())) _exit(3);
}

}  // namespace waggle::store::testing
