// Runs the real program `waggle` as a person would: once with its output collected, or in the background
// until stopped. For the tests of commands and examples; one thread.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace waggle::tests {

inline const std::string waggle_program = WAGGLE_BUILD_DIR "/bin/waggle";

using Environment = std::map<std::string, std::string>;

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder of its own for one test; gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "waggle-test.XXXXXX").string();
    path_ = mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  std::string write(const std::string& name, const std::string& content) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

/// Starts `argv` with its streams on files; 0 when it could not be started.
inline pid_t start(const std::vector<std::string>& argv, const std::string& in, const std::string& out,
                   const std::string& err, const Environment& more) {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    all[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  for (const auto& [name, value] : more) all[name] = value;
  std::vector<std::string> pairs;
  for (const auto& [name, value] : all) pairs.push_back(name + "=" + value);
  std::vector<char*> environment, arguments;
  for (auto& pair : pairs) environment.push_back(pair.data());
  environment.push_back(nullptr);
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  if (posix_spawnp(&pid, argv[0].c_str(), &files, nullptr, arguments.data(), environment.data()) != 0)
    pid = 0;
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

inline int exit_code_of(pid_t pid) {
  int status = 0;
  if (pid == 0 || waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Ran {
  int exit_code = -1;  ///< negative: killed by that signal
  std::string out;
  std::string err;
};

inline Ran run(const std::vector<std::string>& argv, const Environment& environment = {},
               const std::string& input = "") {
  const Folder folder;
  folder.write("in", input);
  Ran ran;
  ran.exit_code = exit_code_of(start(argv, folder / "in", folder / "out", folder / "err", environment));
  ran.out = content_of(folder / "out");
  ran.err = content_of(folder / "err");
  return ran;
}

inline Ran run_waggle(std::vector<std::string> arguments, const Environment& environment = {},
                      const std::string& input = "") {
  arguments.insert(arguments.begin(), waggle_program);
  return run(arguments, environment, input);
}

/// A server: `waggle up` or `waggle catch`. Stopped as `kill` stops it.
class Background {
 public:
  Background(std::vector<std::string> arguments, const Environment& environment = {}) {
    arguments.insert(arguments.begin(), waggle_program);
    pid_ = start(arguments, "/dev/null", folder_ / "out", folder_ / "err", environment);
  }
  ~Background() { stop(); }
  Background(const Background&) = delete;

  /// The first address that it printed; empty when none came in time.
  std::string address() const {
    const auto ends = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const std::regex url("http://[0-9.]+:[0-9]+");
    while (std::chrono::steady_clock::now() < ends) {
      const std::string text = out();
      std::smatch match;
      if (text.find('\n') != std::string::npos && std::regex_search(text, match, url)) return match.str();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return "";
  }
  std::string out() const { return content_of(folder_ / "out"); }
  std::string err() const { return content_of(folder_ / "err"); }

  /// Answers its exit code.
  int stop(int signal = SIGTERM) {
    if (pid_ == 0) return -1;
    kill(pid_, signal);
    const int code = exit_code_of(pid_);
    pid_ = 0;
    return code;
  }

 private:
  Folder folder_;
  pid_t pid_ = 0;
};

/// Waits until `is_so()`; false when it did not become so in time.
template <class Question>
bool eventually(Question is_so, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  const auto ends = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < ends) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return is_so();
}

}  // namespace waggle::tests
