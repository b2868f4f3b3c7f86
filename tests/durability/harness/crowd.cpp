#include "tests/durability/harness/crowd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>

namespace waggle::durability {
namespace {

constexpr std::string_view kWholeRequest = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
constexpr std::string_view kSlowHead = "POST /plain HTTP/1.1\r\nx-slow: ";
constexpr std::chrono::seconds kOneByteEach{1};
/// Linux hands out some 28,000 ports an address; the crowd spreads over several, as a crowd does.
constexpr int kAddresses = 16;

sockaddr_in loopback(std::uint16_t port, std::uint32_t last = 1) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7f000000u + last);
  address.sin_port = htons(port);
  return address;
}

bool say(int socket, std::string_view text) {
  return send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(text.size());
}

/// False when the other side has closed; what it said is thrown away.
bool still_open(int socket) {
  char heard[512];
  const ssize_t bytes = recv(socket, heard, sizeof heard, MSG_DONTWAIT);
  return bytes > 0 || (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
}

}  // namespace

DeadServer::DeadServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 4096) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the dead server cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] {
    for (int one = accept(listener_, nullptr, nullptr); one >= 0; one = accept(listener_, nullptr, nullptr))
      held_.push_back(one);
  });
}

DeadServer::~DeadServer() {
  shutdown(listener_, SHUT_RDWR);  // ends accept()
  thread_.join();
  close(listener_);
  for (const int one : held_) close(one);
}

Crowd::Crowd(std::uint16_t port, int clients) : port_(port), clients_(static_cast<std::size_t>(clients)) {
  for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i].idles = i % 2 == 0;
  thread_ = std::thread([this] { loop(); });
}

Crowd::~Crowd() {
  ends_ = true;
  thread_.join();
  for (const Client& client : clients_)
    if (client.socket >= 0) close(client.socket);
}

void Crowd::loop() {
  while (!ends_) {
    const auto begin = std::chrono::steady_clock::now();
    int open = 0;
    for (Client& client : clients_) {
      if (ends_) return;
      if (client.socket >= 0 && !still_open(client.socket)) {
        close(client.socket);
        client.socket = -1;
      }
      if (client.socket < 0)
        come(client);
      else if (!client.idles)
        dawdle(client);
      open += client.socket >= 0 ? 1 : 0;
    }
    open_ = open;
    std::this_thread::sleep_until(begin + kOneByteEach);
  }
}

void Crowd::come(Client& client) const {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto number = static_cast<std::uint32_t>(&client - clients_.data());
  const sockaddr_in from = loopback(0, 2 + number % kAddresses), to = loopback(port_);
  const bool here = made >= 0 && bind(made, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 &&
                    connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
                    say(made, client.idles ? kWholeRequest : kSlowHead.substr(0, 1));
  client.said = 1;
  if (here) client.socket = made;
  if (!here && made >= 0) close(made);
}

void Crowd::dawdle(Client& client) const {
  const std::size_t at = client.said++;
  say(client.socket, at < kSlowHead.size() ? kSlowHead.substr(at, 1) : "x");
}

}  // namespace waggle::durability
