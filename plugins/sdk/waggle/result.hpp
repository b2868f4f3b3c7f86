// Result<T>: a value, or an Error named by the next action. Used by every room for whatever can be expected
// to fail; exceptions stop in the .cpp that calls a throwing library. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace waggle {

/// What to do about an error. Five words, closed; stored and shown as these words.
enum class Next {
  unset,
  invalid,  ///< change the flow, the settings or the input
  denied,   ///< reconnect the account
  retry,    ///< later, perhaps with `Error::after`
  failed,   ///< final: the other side said no
  bug,      ///< ours, or the plugin's
};

constexpr std::string_view to_string(Next next) {
  switch (next) {
    case Next::invalid:
      return "invalid";
    case Next::denied:
      return "denied";
    case Next::retry:
      return "retry";
    case Next::failed:
      return "failed";
    case Next::bug:
      return "bug";
    case Next::unset:
      break;
  }
  return "unset";
}

/// The reverse of to_string; `unset` for any other word.
constexpr Next next_from(std::string_view word) {
  for (Next next : {Next::invalid, Next::denied, Next::retry, Next::failed, Next::bug})
    if (to_string(next) == word) return next;
  return Next::unset;
}

struct Error {
  Next next = Next::unset;
  std::string message;    ///< one sentence: what, where, what to do
  std::string code = {};  ///< short and stable, e.g. "unknown_action" or a vendor's word
  std::optional<std::chrono::milliseconds> after = {};  ///< with `retry`: not before this long from now

  bool operator==(const Error&) const = default;
};

inline Error invalid(std::string message, std::string code = {}) {
  return {Next::invalid, std::move(message), std::move(code)};
}
inline Error denied(std::string message, std::string code = {}) {
  return {Next::denied, std::move(message), std::move(code)};
}
inline Error failed(std::string message, std::string code = {}) {
  return {Next::failed, std::move(message), std::move(code)};
}
inline Error bug(std::string message, std::string code = {}) {
  return {Next::bug, std::move(message), std::move(code)};
}
inline Error retry(std::string message, std::optional<std::chrono::milliseconds> after = {},
                   std::string code = {}) {
  return {Next::retry, std::move(message), std::move(code), after};
}

/// A value or an Error. Reading the side that is not there is a mistake of ours and throws
/// std::bad_variant_access.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  Error& error() & { return error_.value(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

/// WAGGLE_TRY(auto x, f()): x = f()'s value, or return its error.   WAGGLE_TRY_VOID(f()): the same without a
/// value.
#define WAGGLE_CONCAT_2(a, b) a##b
#define WAGGLE_CONCAT(a, b) WAGGLE_CONCAT_2(a, b)
#define WAGGLE_TRY_AS(name, declaration, expression) \
  auto name = (expression);                          \
  if (!name.ok()) return std::move(name).error();    \
  declaration = std::move(name).value()
#define WAGGLE_TRY(declaration, expression) \
  WAGGLE_TRY_AS(WAGGLE_CONCAT(waggle_try_, __LINE__), declaration, expression)
#define WAGGLE_TRY_VOID(expression) \
  if (auto waggle_tried = (expression); !waggle_tried.ok()) return std::move(waggle_tried).error()

}  // namespace waggle
