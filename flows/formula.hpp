// Formula and Pattern: the compiled expressions and templates of a flow. A Formula is one expression and its
// place in the file; a Pattern is a YAML value with `${...}` in it. Made once when a flow is loaded,
// immutable, shared by all runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flows/jsonata/jsonata.hpp"
#include "flows/problem.hpp"
#include "flows/yaml/source.hpp"

namespace waggle::flows {

/// The scalar of the YAML file that expressions stand in; kept so that errors of running flows have exact
/// places too.
struct Origin {
  std::shared_ptr<const yaml::Source> source;
  yaml::Node scalar;
};

struct Formula {
  jsonata::Expression expression;
  std::shared_ptr<const Origin> origin;
  std::uint32_t start = 0;  ///< of the expression within the scalar's value
  std::uint32_t base = 0;  ///< added to the expression's own offsets to get offsets within the scalar's value
  std::uint64_t salt = 0;  ///< differs between the expressions of a flow: two `$uuid()` give two ids

  Position place() const { return origin->source->within(origin->scalar, start); }
  /// The place of an offset that the expression or one of its problems gave.
  Position place(std::uint32_t at) const { return origin->source->within(origin->scalar, base + at); }
};

struct NamedPattern;

struct Pattern {
  enum class Kind {
    unset,
    constant,  ///< no expression anywhere in it
    formula,   ///< exactly one `${...}`: keeps its type
    text,      ///< text mixed with expressions
    list,
    object,
  };
  struct Part {
    std::string literal;
    std::optional<Formula> formula;  ///< none: the literal
  };

  Kind kind = Kind::unset;
  Position at;
  std::shared_ptr<const jsonata::Document> constant;
  std::optional<Formula> formula;
  std::vector<Part> parts;
  std::vector<Pattern> items;
  std::vector<NamedPattern> members;
};

struct NamedPattern {
  std::string name;
  Pattern pattern;
};

/// A comparison taken apart, so that a filter can say "25 >= 20".
struct Comparison {
  Formula left;
  std::string sign;
  Formula right;
};

/// A yes-or-no expression: of `filter` and `if`.
struct Condition {
  Formula formula;
  std::shared_ptr<const Comparison> comparison;  ///< null when the expression is no single comparison
};

}  // namespace waggle::flows
