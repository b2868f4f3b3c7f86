#include "flows/calculator.hpp"

#include "flows/why.hpp"

namespace waggle::flows {
namespace {

using jsonata::Value;

/// The thread's workplace: big memory that is worth keeping warm; never used by two runs at a time.
jsonata::Evaluation& workplace() {
  thread_local jsonata::Evaluation evaluation;
  return evaluation;
}

/// Spreads a seed over all 64 bits. Source: Sebastiano Vigna's splitmix64.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// FNV-1a: part of what a replay must give again, so std::hash (which may change) will not do.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325u;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return h;
}

constexpr std::size_t max_why = 300;  // a note is one line of a page

}  // namespace

Error to_error(const jsonata::Problem& problem, const Formula& formula) {
  Problem at{formula.place(problem.offset), Severity::error, problem.code, problem.message, problem.hint};
  return invalid(at.to_text(), problem.code);
}

Calculator::Calculator(std::int64_t now_ms, std::uint64_t seed) : evaluation_(workplace()), seed_(seed) {
  evaluation_.reset();
  evaluation_.set_now(now_ms);
}

void Calculator::enter(const Frame& frame, std::string_view key) {
  evaluation_.reset();
  frame_ = &frame;
  step_seed_ = seed_ ^ hash(key);
  why_.clear();
}

Result<Value> Calculator::value(const Formula& formula) {
  evaluation_.set_seed(mix(step_seed_ + formula.salt));
  auto answer = evaluation_.evaluate(formula.expression, frame_->root());
  if (!answer) return to_error(answer.problem(), formula);
  return *answer;
}

Result<bool> Calculator::truth(const Condition& condition) {
  WAGGLE_TRY(Value answer, value(condition.formula));
  bool yes = jsonata::to_boolean(answer);
  if (!yes) note_missing(condition.formula);
  if (why_.empty() && condition.comparison) explain(*condition.comparison);
  return yes;
}

void Calculator::explain(const Comparison& comparison) {
  Result<Value> left = value(comparison.left), right = value(comparison.right);
  if (!left.ok() || !right.ok() || why_.size() > max_why) return;
  why_ += shortened(*left) + " " + comparison.sign + " " + shortened(*right);
}

void Calculator::note_missing(const Formula& formula) {
  for (const jsonata::FreeName& name : formula.expression.free_names()) {
    std::string missing = missing_name(name, frame_->root());
    if (missing.empty() || why_.size() > max_why || why_.find(missing) != std::string::npos) continue;
    why_ += (why_.empty() ? "" : ", ") + missing + " was missing";
  }
}

Result<Value> Calculator::build_text(const Pattern& pattern) {
  std::string text;
  for (const Pattern::Part& part : pattern.parts) {
    if (!part.formula) {
      text += part.literal;
      continue;
    }
    WAGGLE_TRY(Value piece, value(*part.formula));
    if (piece.is_undefined()) note_missing(*part.formula);
    append_plain(piece, text);
  }
  return evaluation_.string(text);
}

Result<Value> Calculator::build(const Pattern& pattern) {
  switch (pattern.kind) {
    case Pattern::Kind::unset:
      return Value();
    case Pattern::Kind::constant:
      return pattern.constant->root();
    case Pattern::Kind::formula: {
      WAGGLE_TRY(Value answer, value(*pattern.formula));
      if (answer.is_undefined()) note_missing(*pattern.formula);
      return answer;
    }
    case Pattern::Kind::text:
      return build_text(pattern);
    case Pattern::Kind::list: {
      std::vector<Value> items;
      for (const Pattern& item : pattern.items) {
        WAGGLE_TRY(Value built, build(item));
        if (!built.is_undefined()) items.push_back(built);
      }
      return evaluation_.array(items);
    }
    case Pattern::Kind::object: {
      std::vector<jsonata::Evaluation::Field> fields;
      fields.reserve(pattern.members.size());
      for (const NamedPattern& member : pattern.members) {
        WAGGLE_TRY(Value built, build(member.pattern));
        if (!built.is_undefined()) fields.emplace_back(member.name, built);
      }
      return evaluation_.object(fields);
    }
  }
  return Value();
}

Result<std::string> Calculator::text(const Pattern& pattern) {
  WAGGLE_TRY(Value built, build(pattern));
  std::string text;
  append_plain(built, text);
  return text;
}

}  // namespace waggle::flows
