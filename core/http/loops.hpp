// Event loops: one Boost.Asio io_context and one thread per loop, and a small pool for what must block. Made
// once at start.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace waggle::http {

/// One event loop. post() may be called from any thread; all else on the loop's own thread.
class Loop {
 public:
  virtual ~Loop() = default;
  virtual std::size_t index() const = 0;
  virtual void post(std::function<void()> work) = 0;
  /// Runs `work` on this loop after the delay (monotonic clock). The returned function cancels it; dropping
  /// it does not.
  virtual std::function<void()> after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
  virtual boost::asio::io_context& context() = 0;
};

class Loops {
 public:
  /// Starts `count` loops and `blocking_threads` pool threads, and raises the soft limit of open files to the
  /// hard one.
  static std::unique_ptr<Loops> start(std::size_t count, std::size_t blocking_threads);
  virtual ~Loops() = default;
  virtual std::size_t count() const = 0;
  virtual Loop& at(std::size_t index) = 0;
  /// Runs `work` on a pool thread, in order of arrival as threads come free.
  virtual void block(std::function<void()> work) = 0;
  /// Stops and joins all threads; posted work that has not begun is dropped. Not from one of these threads.
  virtual void stop() = 0;
};

}  // namespace waggle::http
