// What evaluation keeps besides Values: frames of variables, tuples of a path, functions. Plain data in the
// arena of the evaluation, or on the stack where no closure can see it. One thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "flows/jsonata/ast.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

struct Binding {
  Symbol symbol;
  Value value;
};

/// Variables set in one block, lambda call or tuple; looked up from the innermost outwards.
struct Frame {
  Frame* parent = nullptr;
  Binding* bindings = nullptr;
  std::uint32_t count = 0;
  std::uint32_t capacity = 0;
};

/// One item of a path that binds names: the context value and what was bound on the way to it.
struct Tuple {
  Value at;
  Binding* bindings = nullptr;
  std::uint32_t count = 0;
};

struct Builtin;

struct Function {
  enum class Kind : std::uint8_t {
    lambda,     ///< node, frame, input
    builtin,    ///< builtin
    regex,      ///< node (its place), regex
    next,       ///< the function that continues a match: regex, first = subject, offset
    composed,   ///< f ~> g: first, second
    partial,    ///< first = the function, arguments with holes (Tag::unbound)
    transform,  ///< node, frame, input
  };
  Kind kind = Kind::lambda;
  const Node* node = nullptr;
  Frame* frame = nullptr;
  Value input = {};
  const Builtin* builtin = nullptr;
  const Regex* regex = nullptr;
  Value first = {}, second = {};
  const Value* arguments = nullptr;
  std::uint32_t count = 0;
  std::size_t offset = 0;
};

}  // namespace waggle::jsonata
