// A server that does what a test says, right or wrong. For these tests only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http/ascii.hpp"
#include "tests/http/raw.hpp"

namespace waggle::http::test {

class ScriptedServer {
 public:
  /// One accepted connection, the first being number 0.
  struct Visit {
    ScriptedServer& server;
    RawSocket socket;
    const std::size_t number;
    bool keep_open = false;  ///< behind the script's end

    /// The next request, head and body, which is noted; empty when the client closes first.
    std::string request() {
      std::string text;
      while (text.size() < length_of(text)) {
        const std::string more = socket.receive_some();
        if (more.empty()) return {};
        text += more;
      }
      const std::lock_guard lock(server.mutex_);
      server.requests_.push_back(text);
      return text;
    }
    bool answer(std::string_view bytes) { return !request().empty() && socket.send(bytes); }
    /// True if the client closes without another byte.
    bool is_closed() { return socket.receive_all().empty() && socket.closed_by_peer(); }
  };
  using Script = std::function<void(Visit&)>;

  /// The script runs for one connection after the other, on the server's thread.
  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&at), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  /// Sends fixed bytes to every connection, whatever it is asked, and closes.
  explicit ScriptedServer(std::string bytes, bool close_after = true)
      : ScriptedServer([bytes = std::move(bytes), close_after](Visit& visit) {
          if (!visit.socket.receive_some().empty()) visit.socket.send(bytes);
          visit.keep_open = !close_after;
        }) {}
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (visited_by_ >= 0) ::shutdown(visited_by_, SHUT_RDWR);  // its script may wait for more
    }
    thread_.join();
    ::close(listener_);
    for (int fd : open_) ::close(fd);
  }

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// Those that scripts have asked for.
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t visits() {
    const std::lock_guard lock(mutex_);
    return visits_;
  }

 private:
  /// Of a whole request that begins like this; more than there is, as long as that is not known.
  static std::size_t length_of(const std::string& text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) return text.size() + 1;
    constexpr std::string_view name = "\r\ncontent-length: ";
    const std::size_t at = lower(text.substr(0, end)).find(name);
    return end + 4 + (at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size())));
  }

  /// By a connection, or by none. Says how many came before.
  std::size_t note_visit(int fd) {
    const std::lock_guard lock(mutex_);
    visited_by_ = fd;
    return fd < 0 ? visits_ : visits_++;
  }

  void run() {
    for (int fd; (fd = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      const std::size_t number = note_visit(fd);
      Visit visit{*this, RawSocket::of(fd), number};
      script_(visit);
      note_visit(-1);
      if (visit.keep_open) open_.push_back(visit.socket.release());
    }
  }

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> open_;  ///< the thread's, while it runs
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::size_t visits_ = 0;
  int visited_by_ = -1;
  std::thread thread_;
};

/// An answer after which the connection may be kept.
inline std::string ok_with(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace waggle::http::test
