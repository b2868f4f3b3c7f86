// Calculator: evaluates the formulas and patterns of the step that a run stands at. Made for one advance of
// one run; uses the thread's Evaluation, whose memory stays warm. Results are valid until the next enter().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/result.hpp>

#include "flows/formula.hpp"
#include "flows/run_frame.hpp"

namespace waggle::flows {

class Calculator {
 public:
  Calculator(std::int64_t now_ms, std::uint64_t seed);

  /// From here on names are those of `frame`; random values follow from the run's seed and `key`, so they are
  /// the same in whatever order branches go on. Forgets earlier results.
  void enter(const Frame& frame, std::string_view key);

  /// Errors of all: invalid, with the expression's place, code and fix.
  Result<jsonata::Value> value(const Formula& formula);
  /// Undefined counts as no. `why()` says what was compared or missing.
  Result<bool> truth(const Condition& condition);
  /// Undefined members and items are left out; undefined alone stays undefined; in text it is nothing.
  Result<jsonata::Value> build(const Pattern& pattern);
  /// The pattern's value as text.
  Result<std::string> text(const Pattern& pattern);

  /// What was noticed since enter(): "event.total was missing", "25 >= 20".
  const std::string& why() const { return why_; }
  jsonata::Evaluation& memory() { return evaluation_; }

 private:
  Result<jsonata::Value> build_text(const Pattern& pattern);
  void explain(const Comparison& comparison);
  void note_missing(const Formula& formula);

  jsonata::Evaluation& evaluation_;
  std::uint64_t seed_;
  std::uint64_t step_seed_ = 0;
  const Frame* frame_ = nullptr;
  std::string why_;
};

/// A problem of an expression as the error of a run.
Error to_error(const jsonata::Problem& problem, const Formula& formula);

}  // namespace waggle::flows
