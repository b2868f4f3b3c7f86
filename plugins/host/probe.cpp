#include "plugins/host/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "plugins/host/contract.hpp"
#include "plugins/host/library.hpp"

namespace waggle::host {
namespace {

using Clock = std::chrono::steady_clock;

/// Loading takes milliseconds; on a busy machine with a cold disk perhaps a second.
constexpr auto deadline = std::chrono::seconds(5);
/// The child is forked from a process with threads, and one of those may have held a lock of the C library at
/// that moment, which then nobody releases in the child, or been loading a library. That is rare, and looks
/// like a hang or a crash, so these are tried once more.
constexpr int tries = 2;

/// What the child says: empty when all is well, else the word of Error::next, the code and the message, a
/// line each.
std::string verdict(const std::string& library) {
  const auto text_of = [](const Error& error) {
    return std::string(to_string(error.next)) + "\n" + error.code + "\n" + error.message;
  };
  auto loaded = Library::open(library);
  if (!loaded.ok()) return text_of(loaded.error());
  const auto plugin = enter(loaded->entry());
  if (!plugin.ok()) return text_of(plugin.error());
  const auto description = describe(**plugin);
  if (!description.ok()) return text_of(description.error());
  const auto spec = read_description(*description);
  return spec.ok() ? "ok" : text_of(spec.error());
}

[[noreturn]] void run_child(const std::string& library, int out) {
  // Nothing of ours may be reached from here: no signal handler, no descriptor (a database's lock!), no core
  // file, no terminal.
  for (const int signal :
       {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGALRM, SIGCHLD})
    ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const struct rlimit no_core {};
  setrlimit(RLIMIT_CORE, &no_core);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) ::dup2(nowhere, standard);
  const int kept = 3;
  ::dup2(out, kept);
  ::close_range(kept + 1, ~0u, 0);
  ::alarm(2 *
          static_cast<unsigned>(std::chrono::seconds(deadline).count()));  // should our parent die meanwhile

  const std::string text = verdict(library);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t put = ::write(kept, text.data() + done, text.size() - done);
    if (put <= 0) break;
    done += static_cast<std::size_t>(put);
  }
  ::_exit(0);  // no destructors, ours or the plugin's
}

/// Everything the child writes until it closes the pipe; nullopt when that takes too long.
std::optional<std::string> listen(int from, Clock::time_point ends) {
  std::string out;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(ends - Clock::now()).count();
    if (left <= 0) return std::nullopt;
    struct pollfd wait {
      from, POLLIN, 0
    };
    if (::poll(&wait, 1, static_cast<int>(left)) <= 0) continue;
    const ssize_t got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(got));
  }
}

/// How the child ended: nullopt when somebody else has already collected it.
std::optional<int> collect(pid_t child) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0)
    if (errno != EINTR) return std::nullopt;
  return how;
}

Result<void> judge(const std::string& said, std::optional<int> how) {
  if (how && WIFSIGNALED(*how))
    return bug("it crashes while it is loaded or describes itself (" +
                   std::string(::strsignal(WTERMSIG(*how))) + "); it was tried in a child process",
               "crashes");
  if (said == "ok") return {};
  const auto first = said.find('\n'), second = said.find('\n', first + 1);
  if (first == std::string::npos || second == std::string::npos)
    return bug("it ends the process while it is loaded or describes itself; it was tried in a child process",
               "exits");
  return Error{next_from(said.substr(0, first)), said.substr(second + 1),
               said.substr(first + 1, second - first - 1)};
}

/// nullopt: it hung, and was killed.
std::optional<Result<void>> probe_once(const std::string& library) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return Result<void>(
        retry(std::string("no pipe for a child process: ") + std::strerror(errno), {}, "no_child"));
  const pid_t child = ::fork();
  if (child == 0) run_child(library, pipe[1]);
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    return Result<void>(
        retry(std::string("no child process to try it in: ") + std::strerror(errno), {}, "no_child"));
  }
  const auto said = listen(pipe[0], Clock::now() + deadline);
  ::close(pipe[0]);
  if (!said) ::kill(child, SIGKILL);
  const auto how = collect(child);
  if (!said) return std::nullopt;
  return judge(*said, how);
}

}  // namespace

Result<void> probe(const std::string& library) {
  std::optional<Result<void>> result;
  for (int i = 0; i < tries; ++i) {
    result = probe_once(library);
    if (result && (result->ok() || result->error().code != "crashes")) break;
  }
  if (result) return *result;
  return bug("it does not come back within " + std::to_string(std::chrono::seconds(deadline).count()) +
                 " s when it is loaded or describes itself; it was tried in a child process",
             "hangs");
}

}  // namespace waggle::host
