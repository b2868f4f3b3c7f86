// Operation<T>: a coroutine whose only awaitables are effects (an HTTP request, a sleep, `blocking`) and
// other Operations. It never waits itself: the host performs the effect and comes back. One operation runs on
// one thread at a time.
//
// Whatever it throws ends the operation: an Error as it is, anything else as `bug` with its message.
#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <utility>

#include <waggle/detail/coroutine.ipp>
#include <waggle/json.hpp>
#include <waggle/result.hpp>

namespace waggle {

template <class T>
class [[nodiscard]] Operation {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Operation(Handle handle) : handle_(handle) {}
  Operation(Operation&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Operation& operator=(Operation&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Operation() {
    if (handle_) handle_.destroy();
  }

  /// For the C boundary: run to the first effect, or to the end.
  void begin(detail::Session& session) {
    handle_.promise().session = &session;
    handle_.resume();
  }
  bool done() const { return handle_.done(); }
  /// The result, once done; throws what the coroutine threw.
  T take() {
    if (handle_.promise().thrown) std::rethrow_exception(handle_.promise().thrown);
    return handle_.promise().take();
  }

  struct Awaiter;
  Awaiter inside(detail::Session& session) &&;

 private:
  Handle handle_;
};

template <class T>
struct Operation<T>::Awaiter {
  Operation<T> child;
  detail::Session& session;

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) {
    child.handle_.promise().session = &session;
    child.handle_.promise().parent = parent;
    return child.handle_;
  }
  T await_resume() { return child.take(); }
};

template <class T>
auto Operation<T>::inside(detail::Session& session) && -> Awaiter {
  return {std::move(*this), session};
}

template <class T>
Operation<T> detail::Promise<T>::get_return_object() {
  return Operation<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Operation<void> detail::Promise<void>::get_return_object() {
  return Operation<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

namespace detail {

struct Sleep {
  std::chrono::milliseconds time;

  void ask(Session& session) const {
    session.head = Json{{"effect", "sleep"}, {"ms", time.count()}};
    session.body.clear();
  }
  void answer(Session&) const {}
};

struct Blocking {
  void ask(Session& session) const {
    session.head = Json{{"effect", "blocking"}};
    session.body.clear();
  }
  void answer(Session&) const {}
};

}  // namespace detail

/// co_await sleep(2s): the host comes back after that time; no thread waits.
inline detail::Sleep sleep(std::chrono::milliseconds time) { return {time}; }

/// co_await blocking(): until its next effect the operation runs on a thread that may block (files,
/// databases, mail).
inline detail::Blocking blocking() { return {}; }

}  // namespace waggle
