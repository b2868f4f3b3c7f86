// How many small requests a second the front door answers, beside the least that could do it: an epoll loop
// that reads and writes fixed bytes without looking at them.
//   bench_http serve [loops]        then:  wrk -t1 -c64 -d10 http://127.0.0.1:PORT/
//   bench_http bare
// Both print their port and run until they are killed.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/http/server.hpp"

namespace {

using namespace waggle::http;

constexpr std::string_view fixed =
    "HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 10:00:00 GMT\r\ncontent-type: text/plain; charset=utf-8\r\n"
    "content-length: 3\r\n\r\nok\n";

int serve(std::size_t count) {
  auto loops = Loops::start(count, 1);
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, [](std::size_t, Request, Respond respond) {
    respond(Reply::text(200, "ok\n"));
  });
  if (!server) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;
  std::printf("%u\n", (*server)->port());
  std::fflush(stdout);
  pause();
  return 0;
}

int bare() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || listen(listener, 1024) != 0) return 1;
  getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  std::printf("%u\n", ntohs(at.sin_port));
  std::fflush(stdout);
  const int set = epoll_create1(0);
  epoll_event event{EPOLLIN, {.fd = listener}};
  epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
  std::array<epoll_event, 128> found;
  for (;;) {
    const int count = epoll_wait(set, found.data(), found.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = found[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        event.data.fd = accept(listener, nullptr, nullptr);
        const int on = 1;
        setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      char request[4096];
      if (recv(fd, request, sizeof request, 0) <= 0 ||
          send(fd, fixed.data(), fixed.size(), MSG_NOSIGNAL) <= 0)
        close(fd);
    }
  }
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 1 ? words[1] : "";
  if (what == "serve") return serve(count > 2 ? static_cast<std::size_t>(std::atoi(words[2])) : 1);
  if (what == "bare") return bare();
  std::fprintf(stderr, "usage: bench_http serve [LOOPS] | bare\n");
  return 2;
}
