// Bad company on the network: a server that accepts and never answers, and a crowd of clients that hold their
// connections. Each has a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace waggle::durability {

/// Accepts every connection, reads nothing, says nothing.
class DeadServer {
 public:
  DeadServer();
  ~DeadServer();
  DeadServer(const DeadServer&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::vector<int> held_;
};

/// Half of the clients send one request and then nothing; half send a head, one byte a second. Whoever is
/// thrown out comes back.
class Crowd {
 public:
  Crowd(std::uint16_t port, int clients);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  int open() const { return open_; }
  std::chrono::steady_clock::duration lives() const { return std::chrono::steady_clock::now() - began_; }

 private:
  struct Client {
    int socket = -1;
    bool idles = false;
    std::size_t said = 0;
  };
  void loop();
  void come(Client& client) const;
  void dawdle(Client& client) const;

  const std::uint16_t port_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<Client> clients_;
  std::atomic<int> open_ = 0;
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

}  // namespace waggle::durability
