// Problem: what went wrong when compiling or evaluating an expression, and how to say it to a person. Made by
// Expression and Evaluation; shown by check, eval, runs and the dashboard.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <waggle/result.hpp>

namespace waggle::jsonata {

/// Codes are the reference's (S0201, T2001, D3030, ...; docs.jsonata.org). Ours start with W:
///   W1001 memory   W1002 steps (fuel)   W1003 text too long   W1004 regular expression gave up   W1005
///   expression too long or nested too deeply   W1006 function is switched off   W1007 invalid regular
///   expression   W1008 transform refused
///   W1009 result too large   W2xxx our functions
/// Limits with the reference's codes: D1011 depth, D1012 time, D2014 and D2015 number of items.
struct Problem {
  std::string code;
  std::string message;       ///< one sentence, without the place
  std::string token;         ///< the word or operator it is about; may be empty
  std::string value;         ///< the offending value as JSON; may be empty
  std::string hint;          ///< what to do; may be empty
  std::string function;      ///< for D3140: the function's name
  std::uint32_t offset = 0;  ///< bytes from the start of the text, where the offending token starts
  std::uint32_t end = 0;     ///< bytes from the start, where the offending token ends
  std::uint32_t position =
      0;  ///< the reference's `position`: UTF-16 units from the start, mostly just past the token
  std::uint32_t line = 1;    ///< from 1, within the expression's text
  std::uint32_t column = 1;  ///< from 1, in characters
};

/// A value or the Problem that prevented it.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Outcome(Problem problem)
      : state_(std::in_place_index<1>, std::move(problem)) {}  // NOLINT: implicit on purpose

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Problem& problem() { return std::get<1>(state_); }
  const Problem& problem() const { return std::get<1>(state_); }

 private:
  std::variant<T, Problem> state_;
};

/// The message a person wants to read, several lines: place, the source line, a caret, the reason, the fix.
///   order.jsonata:2:9 T2001 The left side of the * operator must evaluate to a number
///       price * quantity
///             ^
///   price is the text "25.00"; use $number(price)
std::string describe(const Problem& problem, std::string_view source, std::string_view file_name = {});

/// The same as one line and as the error type of the other rooms (invalid).
Error to_error(const Problem& problem);

}  // namespace waggle::jsonata
