#include "tests/durability/harness/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

namespace waggle::durability {
namespace {

namespace fs = std::filesystem;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

bool answers_ready(std::uint16_t port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval wait{1, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  const sockaddr_in address = loopback(port);
  constexpr char request[] = "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  char answer[16] = {};
  const bool ready = connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     send(connection, request, sizeof request - 1, MSG_NOSIGNAL) ==
                         static_cast<ssize_t>(sizeof request - 1) &&
                     recv(connection, answer, 12, MSG_WAITALL) == 12 &&
                     std::memcmp(answer + 9, "200", 3) == 0;
  close(connection);
  return ready;
}

Process::Process(std::string program, std::string dir, std::uint16_t port)
    : program_(std::move(program)), dir_(std::move(dir)), port_(port) {}

Process::~Process() { kill(); }

std::string Process::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void Process::start() {
  pid_ =
      spawn({program_, "up", dir_, "--listen", "127.0.0.1:" + std::to_string(port_)}, dir_ + "/waggle.log");
}

void Process::kill() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // the group may not be there yet
  wait_for(pid_);
  pid_ = -1;
}

int Process::stop() {
  ::kill(pid_, SIGTERM);
  const int status = wait_for(pid_);
  pid_ = -1;
  return status;
}

void Process::freeze() {
  ::kill(-pid_, SIGSTOP);
  int status = 0;
  waitpid(pid_, &status, WUNTRACED);
}

void Process::go_on() { ::kill(-pid_, SIGCONT); }

bool Process::ended() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  pid_ = -1;
  return true;
}

std::optional<std::chrono::milliseconds> Process::ready_within(std::chrono::milliseconds limit) {
  const auto began = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - began < limit) {
    if (ended()) return {};
    if (answers_ready(port_))
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return {};
}

Usage usage_of(pid_t pid) {
  Usage usage;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream status(folder + "/status");
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> usage.resident_bytes;
    if (word == "Threads:") status >> usage.threads;
  }
  usage.resident_bytes *= 1024;
  std::error_code gone;
  for (fs::directory_iterator file(folder + "/fd", gone), end; !gone && file != end; file.increment(gone))
    ++usage.open_files;
  return usage;
}

std::uint16_t free_port() {
  std::random_device random;
  for (int tries = 0; tries < 1000; ++tries) {
    const auto port = static_cast<std::uint16_t>(12'000 + random() % 18'000);
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    const bool free = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(probe);
    if (free) return port;
  }
  throw std::runtime_error("no free port");
}

pid_t spawn(const std::vector<std::string>& command, const std::string& output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a harness that is killed leaves no server behind
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(file, 1);
  dup2(file, 2);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run(const std::vector<std::string>& command, const std::string& output) {
  return wait_for(spawn(command, output));
}

}  // namespace waggle::durability
