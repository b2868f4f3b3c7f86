// What the coroutines behind Operation<T> are made of: the session they share, the promise, waiting for an
// effect. Included by operation.hpp alone.
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <waggle/json.hpp>
#include <waggle/time.hpp>

namespace waggle {

template <class T>
class Operation;

namespace detail {

/// What the coroutines of one operation share with the C boundary: the effect that is asked for, then its
/// outcome.
struct Session {
  std::coroutine_handle<> waiting;  ///< the innermost coroutine, to be resumed with the outcome
  Json head;                        ///< of the effect, then of the outcome
  std::string body;                 ///< of the effect, then of the outcome
  Time now;                         ///< the host's clock at the last call
};

/// An effect says what it wants, and makes a value of the outcome (throws an Error when there is none).
template <class E>
concept Effect = requires(const E effect, Session& session) {
  effect.ask(session);
  effect.answer(session);
};

template <Effect E>
struct EffectAwaiter {
  const E effect;
  Session& session;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    effect.ask(session);
    session.waiting = coroutine;
  }
  auto await_resume() { return effect.answer(session); }
};

struct PromiseState {
  Session* session = nullptr;
  std::coroutine_handle<> parent = nullptr;
  std::exception_ptr thrown = nullptr;

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) const noexcept {
      const auto parent = done.promise().parent;
      return parent ? parent : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  Final final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }

  template <Effect E>
  EffectAwaiter<E> await_transform(const E& effect) {
    return {effect, *session};
  }
  template <class T>
  auto await_transform(Operation<T>&& child) {
    return std::move(child).inside(*session);
  }
};

template <class T>
struct Promise : PromiseState {
  std::optional<T> value = {};

  Operation<T> get_return_object();
  template <std::convertible_to<T> V = T>
  void return_value(V&& given) {
    value.emplace(std::forward<V>(given));
  }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseState {
  Operation<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

}  // namespace waggle
