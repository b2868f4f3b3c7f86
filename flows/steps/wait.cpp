// wait: does nothing for a while (`wait: 10m`), or until a moment (`wait: { until: EXPR }`).
#include <waggle/time.hpp>

#include "flows/duration.hpp"
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

constexpr double max_moment_ms = 253'402'300'799'999;  // the end of the year 9999

/// Unix milliseconds as they are; a text as a date and time, in UTC when it names no zone. nullopt for
/// anything else, and for what is before 1970.
std::optional<std::int64_t> moment_of(jsonata::Value value) {
  const auto time = value.is_string() ? parse_utc(value.as_string()) : std::nullopt;
  if (!time && !value.is_number()) return std::nullopt;
  const double ms = time ? static_cast<double>(to_unix_ms(*time)) : value.as_number();
  return ms >= 0 && ms <= max_moment_ms ? std::optional(static_cast<std::int64_t>(ms)) : std::nullopt;
}

class WaitForWork final : public Work {
 public:
  explicit WaitForWork(std::chrono::milliseconds pause) : pause_(pause) {}

  void start(Turn& turn) const override {
    Effect effect;
    effect.kind = EffectKind::wait;
    effect.wait_for = pause_;
    turn.want(std::move(effect));
  }

 private:
  std::chrono::milliseconds pause_;
};

class WaitUntilWork final : public Work {
 public:
  explicit WaitUntilWork(Formula moment) : moment_(std::move(moment)) {}

  void start(Turn& turn) const override {
    auto value = turn.calculator().value(moment_);
    if (!value.ok()) return turn.fail(std::move(value).error());
    const auto moment = moment_of(*value);
    if (!moment)
      return turn.fail(
          invalid("`until` must be a date and time with its zone, like 2026-11-23T10:00:00Z, or milliseconds "
                  "since 1970, and it was " +
                      (value->is_undefined() ? "nothing" : jsonata::to_json(*value).substr(0, 60)),
                  "wrong_input"));
    Effect effect;
    effect.kind = EffectKind::wait;
    effect.until_ms = *moment;
    turn.want(std::move(effect));
  }

 private:
  Formula moment_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  Reader& reader = step.reader;
  if (!step.value.is_mapping()) {
    auto pause = reader.duration(step.value.is_null() ? step.verb : step.value, "wait");
    return pause ? std::make_unique<WaitForWork>(*pause) : nullptr;
  }
  reader.check_keys(step.value, {"until"}, "wait");
  const yaml::Node* until = step.value.find("until");
  if (!until) {
    reader.error(step.value, "missing_key", "`wait` needs a duration or `until`",
                 "write wait: 10m, or wait: { until: event.due_at }");
    return nullptr;
  }
  auto moment = reader.formula(*until, "until");
  if (!moment) return nullptr;
  return std::make_unique<WaitUntilWork>(std::move(*moment));
}

}  // namespace

const StepKind& wait_step() {
  static const StepKind kind{.verb = "wait", .read = read};
  return kind;
}

}  // namespace waggle::flows
