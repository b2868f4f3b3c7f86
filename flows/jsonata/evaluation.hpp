// Evaluation: the workplace for evaluating expressions: memory, limits, clock, seed, variables. Not
// thread-safe; keep one per thread and reuse it, its memory stays warm. A result is valid until reset() or
// the end of the Evaluation.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "flows/jsonata/document.hpp"
#include "flows/jsonata/expression.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

/// Limits of one evaluation. Each ends with an error of its own code (see problem.hpp).
struct Limits {
  std::uint64_t steps = 10'000'000;      ///< fuel: deterministic, the same on every machine
  std::uint32_t depth = 500;             ///< nested evaluations; about 300 bytes of stack each
  std::size_t memory_bytes = 64u << 20;  ///< arena; AWS allows about 7 MB
  std::size_t string_bytes = 16u << 20;  ///< one string
  std::uint32_t items = 1'000'000;       ///< one sequence
  std::chrono::milliseconds time{
      50};  ///< wall clock; counts once half of it was spent computing, since a ...
  std::chrono::milliseconds hard_time{1000};  ///< ... busy machine fails no evaluation before this has passed
  std::uint32_t regex_steps = 1'000'000;      ///< PCRE2 match limit of one match
  std::size_t regex_subject_bytes = 1u << 20;  ///< text given to a regular expression
  std::size_t result_bytes =
      4u << 20;              ///< JSON of the result; small values can refer to each other 2^n times
  bool suite_codes = false;  ///< depth and time are reported as U1001, as the conformance suite does
};

class Evaluation {
 public:
  explicit Evaluation(const Limits& limits = {});
  ~Evaluation();
  Evaluation(Evaluation&&) noexcept;
  Evaluation& operator=(Evaluation&&) noexcept;

  void set_limits(const Limits& limits);
  /// What $now() and $millis() answer: milliseconds since 1970, UTC.
  void set_now(std::int64_t milliseconds);
  /// $random, $shuffle and $uuid follow from this alone.
  void set_seed(std::uint64_t seed);
  /// $name for the expressions; the Value must live until reset(). `name` is copied.
  void bind(std::string_view name, Value value);
  void clear_bindings();
  /// What $table(name, ...) reads; the Value (an object of tables) must outlive the Evaluation.
  void set_tables(Value tables);

  /// An object made of these members without copying them: `event`, `meta`, names given by `as`, `item`, ...
  using Field = std::pair<std::string_view, Value>;
  Value object(std::span<const Field> fields);
  Value object(std::initializer_list<Field> fields) {
    return object(std::span(fields.begin(), fields.size()));
  }
  Value array(std::span<const Value> items);
  Value string(std::string_view text);  ///< copies the text
  /// JSON text parsed into this Evaluation's memory; undefined when it is not JSON.
  Value json(std::string_view text);

  Outcome<Value> evaluate(const Expression& expression, Value input);

  /// Forgets all results, keeps memory, bindings, limits and clock.
  void reset();
  std::uint64_t steps_used() const;  ///< of the latest evaluation
  Arena& arena();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waggle::jsonata
