// A run: one flow handling one event. Pure: it never waits, calls or looks at a clock. It is asked what next,
// answers with effects, and is told their outcomes; the same input and outcomes give the same effects, so a
// run is rebuilt after a crash by feeding it what was recorded. Used by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/result.hpp>

#include "flows/flow.hpp"
#include "flows/parsed_json.hpp"
#include "flows/vars.hpp"

namespace waggle::flows {

struct RunInput {
  std::string run_id;
  std::shared_ptr<const ParsedJson> event;  ///< the typed payload
  /// An object: id, trigger, received_at, headers, query, path, delivery_id.
  std::shared_ptr<const ParsedJson> meta;
  std::shared_ptr<const Vars> vars;  ///< from vars_of(); null = none
  std::int64_t started_ms = 0;       ///< Unix ms; what $now() and $millis() say
  std::uint64_t seed = 0;            ///< of $random() and $uuid()
};

enum class EffectKind {
  unset,
  action,  ///< call connector.action
  wait,    ///< do nothing until until_ms
  reply,   ///< answer the webhook; input = {"status","headers","body"}
};

struct Effect {
  std::string key;  ///< where in the run: structural and stable over replays, e.g. "2/else/0" or "4[3]/1"
  EffectKind kind = EffectKind::unset;
  std::string name;       ///< for people: the step's `name`, or its verb
  std::string connector;  ///< action only, as the next two
  std::string action;
  std::string connection;
  std::string input;  ///< JSON text of the inputs
  RetryPlan retry;
  bool park_if_unknown =
      false;  ///< a call that may have reached the app is not repeated, but waits for a person
  std::chrono::milliseconds timeout{0};  ///< of one attempt; 0 = the engine's default
  std::int64_t until_ms = 0;             ///< wait with `until`: Unix ms
  std::chrono::milliseconds wait_for{
      0};  ///< wait with a duration: from when the engine first sees it (and writes the end down)
  Position at;
};

/// What became of an effect, finally: the engine has already spent the retries.
struct Outcome {
  std::optional<Error> error;  ///< none = done
  std::string output;          ///< JSON text; what the step's `as` names
};

enum class StepState { unset, done, skipped, filtered, failed, waiting };
std::string_view to_string(StepState state);

/// What a step did, for the run's page. A pure step is recorded when it ran, an effect when it is wanted and
/// when resolved.
struct StepRecord {
  std::string key;
  std::string verb;  ///< map, filter, slack.post_message ...
  std::string name;
  StepState state = StepState::unset;
  std::string output;  ///< JSON text or empty: a map's value, a log's text, the branch a route took
  std::string note;    ///< why: "event.total was missing", "25 >= 20"
  int line = 0;
};

enum class RunState {
  unset,
  running,  ///< waits for outcomes of effects
  succeeded,
  filtered,  ///< a top-level filter said no
  stopped,   ///< a `stop` step
  failed,    ///< a step failed, or `fail`; `error` says why
};
std::string_view to_string(RunState state);

struct Progress {
  RunState state = RunState::unset;
  std::vector<Effect> wanted;       ///< new ones only; all of them may go on at the same time
  std::vector<StepRecord> records;  ///< new ones only
  std::optional<Error> error;       ///< with failed
};

class Run {
 public:
  static Run begin(std::shared_ptr<const Flow> flow, RunInput input);
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;
  ~Run();

  /// Runs pure steps until every branch waits for an effect or the run ends. Call once first.
  Progress advance();
  /// Takes the outcome of a wanted effect and advances. Errors: bug (no such effect is open).
  Result<Progress> resolve(std::string_view key, const Outcome& outcome);

  RunState state() const;
  /// Value of `subject:` as text; empty when the flow has none or it is undefined.
  std::string subject() const;
  /// Value of `dedupe.key` as text; nullopt when the flow has none; error when it is undefined.
  Result<std::optional<std::string>> dedupe_key() const;
  /// Value of `per` as text; empty when the flow has none. Errors: invalid (it is undefined for this event).
  Result<std::string> pace_key() const;
  const Flow& flow() const;

 private:
  struct State;
  explicit Run(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace waggle::flows
