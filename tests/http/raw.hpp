// A plain socket to talk to the server with any bytes, and a server whose requests can be looked at. For
// these tests only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/http/server.hpp"

namespace waggle::http::test {

class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) close();
  }
  /// A connection that was accepted; owned from here on.
  static RawSocket of(int fd) { return RawSocket(Descriptor{fd}); }
  ~RawSocket() { close(); }
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawSocket& operator=(RawSocket&&) = delete;

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void close_writing() { ::shutdown(fd_, SHUT_WR); }

  /// False once the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// What arrives until the text `until` is in it, the other side closes, or the time is up.
  std::string receive(std::string_view until, std::chrono::milliseconds time = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (until.empty() || received_.find(until) == std::string::npos) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      pollfd what{fd_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&what, 1, static_cast<int>(left.count())) <= 0) break;
      char piece[65536];
      const ssize_t size = ::recv(fd_, piece, sizeof piece, 0);
      if (size <= 0) {
        closed_ = true;
        break;
      }
      received_.append(piece, static_cast<std::size_t>(size));
    }
    return std::exchange(received_, {});
  }
  std::string receive_all(std::chrono::milliseconds time = std::chrono::seconds(10)) {
    return receive({}, time);
  }
  /// What arrives next; empty when the other side has closed, or ten seconds bring nothing.
  std::string receive_some() {
    pollfd what{fd_, POLLIN, 0};
    char piece[65536];
    const ssize_t size = ::poll(&what, 1, 10'000) == 1 ? ::recv(fd_, piece, sizeof piece, 0) : -1;
    return std::string(piece, size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  bool closed_by_peer() const { return closed_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  struct Descriptor {
    int fd;
  };
  explicit RawSocket(Descriptor one) : fd_(one.fd) {}

  int fd_;
  std::string received_;
  bool closed_ = false;
};

/// Waits for what must come soon; throws, and so fails the test, when it does not.
template <class Condition>
void wait_until(Condition met) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!met()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("waited for a minute in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// The final statuses (no 1xx) of the answers in `text`, by their Content-Length.
inline std::vector<int> statuses(std::string_view text) {
  std::vector<int> out;
  while (text.substr(0, 9) == "HTTP/1.1 ") {
    const int status = std::stoi(std::string(text.substr(9, 3)));
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) break;
    std::size_t body = 0;
    const std::size_t length = text.substr(0, end).find("\r\ncontent-length: ");
    if (length != std::string_view::npos) body = std::stoul(std::string(text.substr(length + 18, 12)));
    if (status >= 200) out.push_back(status);
    text.remove_prefix(std::min(end + 4 + body, text.size()));
  }
  return out;
}

/// A server that keeps what it was asked and answers by `reply`.
class WatchedServer {
 public:
  using Answer = std::function<Reply(const Request&)>;

  WatchedServer(Loops& loops, ServerLimits limits, Answer answer) : answer_(std::move(answer)) {
    auto server =
        Server::listen(loops, "127.0.0.1", 0, limits, [this](std::size_t, Request request, Respond respond) {
          Reply reply = answer_(request);
          {
            std::lock_guard lock(mutex_);
            requests_.push_back(std::move(request));
          }
          respond(std::move(reply));
        });
    server_ = std::move(server).value();
  }

  Server& operator*() { return *server_; }
  Server* operator->() { return server_.get(); }
  std::vector<Request> take_requests() {
    std::lock_guard lock(mutex_);
    return std::exchange(requests_, {});
  }

 private:
  Answer answer_;
  std::mutex mutex_;
  std::vector<Request> requests_;
  std::unique_ptr<Server> server_;
};

inline Reply answer_ok(const Request&) { return Reply::text(200, "ok\n"); }

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The folder of shared test data, which is not part of the project; empty when it is not there.
inline std::string shared_folder() {
  const char* set = std::getenv("WAGGLE_SHARED");
  const std::string folder = set != nullptr ? set : WAGGLE_SOURCE_DIR "/../shared";
  return std::ifstream(folder + "/bad-inputs/INDEX.tsv") ? folder : std::string{};
}

}  // namespace waggle::http::test
