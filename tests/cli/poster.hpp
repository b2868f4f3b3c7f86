// Posts over a few connections at once and waits for the answers. For tests of the real program; one thread.
#pragma once

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/http/client.hpp"
#include "core/http/loops.hpp"

namespace waggle::tests {

class Poster {
 public:
  explicit Poster(std::string url) : url_(std::move(url)), loops_(http::Loops::start(1, 1)) {
    on_loop([this] { client_ = std::make_unique<http::Client>(loops_->at(0)); });
  }
  ~Poster() {
    on_loop([this] { client_.reset(); });
    loops_->stop();
  }
  Poster(const Poster&) = delete;

  struct Answer {
    int status = 0;  ///< 0: none came
    std::string retry_after;
  };
  /// All at the same time; in the order of the bodies.
  std::vector<Answer> post(const std::vector<std::string>& bodies) {
    std::vector<Answer> answers(bodies.size());
    std::atomic<std::size_t> left = bodies.size();
    std::promise<void> all;
    on_loop([&] {
      for (std::size_t i = 0; i < bodies.size(); ++i) {
        http::OutboundRequest request;
        request.method = "POST";
        request.url = url_;
        request.headers = {{"content-type", "application/json"}};
        request.body = bodies[i];
        client_->send(std::move(request), [&, i](Result<http::OutboundResponse> answer) {
          if (answer.ok())
            answers[i] = {answer->status, std::string(http::header(answer->headers, "retry-after"))};
          if (--left == 0) all.set_value();
        });
      }
    });
    if (!bodies.empty()) all.get_future().wait();
    return answers;
  }
  int post(const std::string& body) { return post(std::vector{body}).front().status; }

 private:
  template <class Work>
  void on_loop(Work work) {
    std::promise<void> done;
    loops_->at(0).post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::string url_;
  std::unique_ptr<http::Loops> loops_;
  std::unique_ptr<http::Client> client_;
};

}  // namespace waggle::tests
