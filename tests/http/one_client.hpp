// A client on its loop, called from the test's thread. For these tests only.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "core/http/client.hpp"
#include "core/http/server.hpp"

namespace waggle::http::test {

using Outcome = Result<OutboundResponse>;

class OneClient {
 public:
  explicit OneClient(Loops& loops) : loop_(loops.at(0)) {
    run([this] { client_ = std::make_unique<Client>(loop_); });
  }
  ~OneClient() { end(); }

  std::future<Outcome> start(OutboundRequest request) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    auto future = promise->get_future();
    loop_.post([this, promise, request = std::move(request)] {
      client_->send(request, [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
    });
    return future;
  }
  Outcome call(OutboundRequest request) { return start(std::move(request)).get(); }
  Outcome get(const std::string& url) { return call({.method = "GET", .url = url}); }
  void end() {
    run([this] { client_.reset(); });
  }
  /// On the client's loop, and waits for it.
  void run(const std::function<void()>& work) {
    std::promise<void> done;
    loop_.post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }
  /// For what OneClient does not say; on its loop only.
  std::unique_ptr<Client>& client() { return client_; }

 private:
  Loop& loop_;
  std::unique_ptr<Client> client_;
};

inline std::string url_of(Server& server, const std::string& path = "/") {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

}  // namespace waggle::http::test
