// Fault: how an error travels inside this room. The compiler and the evaluator are trees of small recursive
// functions, so here, and only here, an exception carries it; Expression::compile and Evaluation::evaluate
// catch it and return a Problem.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flows/jsonata/expression_error.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

struct Node;

struct Fault {
  std::string code;
  std::string token = {};
  std::string value = {};   ///< JSON
  std::string value2 = {};  ///< JSON
  std::string type = {};
  std::string function = {};
  std::string message = {};  ///< instead of the catalogue's text
  std::string hint = {};
  int index = 0;
  std::uint32_t start = 0;  ///< byte offsets of the token it is about
  std::uint32_t end = 0;
  bool placed = false;            ///< start and end are known
  const Node* subject = nullptr;  ///< the operand or argument it is about, for hints

  void at_place(std::uint32_t from, std::uint32_t to) {
    start = from;
    end = to;
    placed = true;
  }

  Fault&& with_token(std::string_view text) && { return token = text, std::move(*this); }
  Fault&& with_value(Value v) &&;
  Fault&& with_values(Value v, Value v2) &&;
  Fault&& with_text(std::string text) && { return message = std::move(text), std::move(*this); }
  Fault&& with_hint(std::string text) && { return hint = std::move(text), std::move(*this); }
  Fault&& with_index(int i) && { return index = i, std::move(*this); }
  Fault&& at(std::uint32_t from, std::uint32_t to) && {
    at_place(from, to);
    return std::move(*this);
  }
};

inline Fault fault(std::string_view code) { return Fault{std::string(code)}; }

/// The Problem to show, with message, line, column and hint.
Problem to_problem(const Fault& fault, std::string_view source);

/// A value as JSON for an error. Small values can refer to each other 2^n times, so large ones are only
/// hinted at.
std::string json_for_message(Value value);

}  // namespace waggle::jsonata
