// A server that stands in for the app at the other end, and ways to wait. For tests of the engine and of the
// whole program.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/http/loops.hpp"
#include "core/http/server.hpp"

namespace waggle::engine::test {

/// Waits until `condition` holds; false after twenty seconds.
bool eventually(const std::function<bool()>& condition);
/// Waits until GET url is answered 200.
bool answers(const std::string& url);

/// The app at the other end. Answers 200 unless told otherwise; keeps what it got.
class Receiver {
 public:
  Receiver();
  ~Receiver();

  std::string url(const std::string& path = "/in") const;
  std::vector<http::Request> requests() const;
  std::size_t count() const { return requests().size(); }
  /// The answer to the n-th request (from 0) on; the last one stays.
  void answer_with(std::vector<http::Reply> script);
  void delay(std::chrono::milliseconds each) { delay_ = each; }

 private:
  std::unique_ptr<http::Loops> loops_;
  std::unique_ptr<http::Server> server_;
  mutable std::mutex mutex_;
  std::vector<http::Request> requests_;
  std::vector<http::Reply> script_;
  std::atomic<std::chrono::milliseconds> delay_{std::chrono::milliseconds(0)};
};

}  // namespace waggle::engine::test
