#include "tests/engine/receiver.hpp"

#include <algorithm>
#include <future>
#include <stdexcept>
#include <thread>

#include "core/http/client.hpp"

namespace waggle::engine::test {

bool eventually(const std::function<bool()>& condition) {
  const auto ends = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < ends) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

Receiver::Receiver() : loops_(http::Loops::start(1, 1)) {
  auto handler = [this](std::size_t, http::Request request, http::Respond respond) {
    http::Reply reply = http::Reply::text(200, "ok");
    {
      const std::lock_guard lock(mutex_);
      if (!script_.empty()) reply = script_[std::min(requests_.size(), script_.size() - 1)];
      requests_.push_back(std::move(request));
    }
    const auto pause = delay_.load();
    if (pause.count() == 0) return respond(std::move(reply));
    loops_->at(0).after(pause, [respond = std::move(respond), reply = std::move(reply)] { respond(reply); });
  };
  auto server = http::Server::listen(*loops_, "127.0.0.1", 0, {}, handler);
  if (!server.ok()) throw std::runtime_error(server.error().message);
  server_ = std::move(*server);
}

Receiver::~Receiver() {
  server_->stop(std::chrono::milliseconds(0));
  loops_->stop();
}

std::string Receiver::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
}

std::vector<http::Request> Receiver::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void Receiver::answer_with(std::vector<http::Reply> script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

bool answers(const std::string& url) {
  const auto loops = http::Loops::start(1, 1);
  http::Loop& loop = loops->at(0);
  const auto ask = [&] {
    std::promise<bool> answered;
    loop.post([&] {
      auto client = std::make_shared<http::Client>(loop);
      http::OutboundRequest request;
      request.url = url;
      client->send(std::move(request), [&, client](Result<http::OutboundResponse> answer) {
        loop.post([client] {});  // the client outlives its own callback
        answered.set_value(answer.ok() && answer->status == 200);
      });
    });
    return answered.get_future().get();
  };
  const bool reached = eventually(ask);
  loops->stop();
  return reached;
}

}  // namespace waggle::engine::test
