// What the store keeps, as plain data: events, runs, effects, attempts. Times are Unix milliseconds, UTC; ids
// are UUIDv7 text; states are frozen words. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/result.hpp>

namespace waggle::store {

/// One thing that happened, as received.
struct Event {
  std::string id;
  /// Scope of the dedupe key: the connection, or `path:/data/:account`, `schedule:nightly`.
  std::string source;
  std::string connector;
  std::string trigger;
  std::string connection;   ///< empty when none
  std::string dedupe_key;   ///< empty = never a duplicate
  std::string delivery_id;  ///< the sender's, for people; empty when none
  std::int64_t received_ms = 0;
  std::string meta;          ///< JSON object: what expressions see as `meta`
  std::string body;          ///< raw bytes as received
  std::string payload;       ///< JSON, typed; empty = the body is the payload, stored once
  std::int64_t repeats = 0;  ///< how often the sender repeated it (read only)

  const std::string& payload_text() const { return payload.empty() ? body : payload; }
};

/// held: waits for its turn (the flow's `runs`, `limit`, `debounce`); nothing of it has begun.
enum class RunState { unset, queued, held, waiting, parked, succeeded, filtered, stopped, failed };
std::string_view to_string(RunState state);
RunState run_state_from(std::string_view word);
constexpr bool is_final(RunState state) { return state >= RunState::succeeded; }

struct Run {
  std::string id;
  std::string event_id;
  std::string flow;
  std::string version;  ///< of the flow; its text is kept under this key
  std::string subject;
  RunState state = RunState::queued;
  std::int64_t created_ms = 0;
  std::int64_t ended_ms = 0;  ///< 0 = not ended
  std::int64_t due_ms = 0;    ///< with waiting: not before; 0 otherwise
  std::uint64_t seed = 0;
  std::optional<Error> error;  ///< with failed and parked
  std::string reason;          ///< with held, waiting and stopped: why, for people; mostly empty
  std::string parked_for;      ///< with parked: the broken connection; empty = tries used up
  std::string trace;           ///< JSON array of step records; written when the run ends, waits or parks
  std::string reply;           ///< JSON of the webhook's answer; empty when none
};

enum class EffectState { unset, pending, done, failed };
std::string_view to_string(EffectState state);
EffectState effect_state_from(std::string_view word);

/// An effect of a run. Rows exist from the first attempt's end on: what has no row has no known outcome.
struct Effect {
  std::string run_id;
  std::string key;
  EffectState state = EffectState::pending;
  std::string name;
  std::string connector;
  std::string action;
  std::string connection;
  std::string input;   ///< JSON
  std::string output;  ///< JSON, with done
  std::optional<Error> error;
  int attempts = 0;
  std::int64_t due_ms = 0;  ///< with pending: the next attempt, or the end of a wait
  std::int64_t ended_ms = 0;
  int plan_start = 0;  ///< attempts before the last retry by hand: the retry plan counts from there
};

/// One try of an effect: what was sent and what was answered.
struct Attempt {
  std::string run_id;
  std::string key;
  int number = 0;  ///< from 1
  std::int64_t started_ms = 0;
  std::int64_t took_ms = 0;
  std::optional<Error> error;
  /// JSON array: {"method","url","status","ms","request"?,"response"?}, secrets masked, bodies cut.
  std::string exchanges;
};

/// Where a run stands in line, when its flow has `runs`, `limit` or `debounce`.
struct Lane {
  std::string key;               ///< value of `per`
  std::string rule;              ///< parallel, one_at_a_time, latest_only
  int limit_runs = 0;            ///< at most so many begin ...
  std::int64_t limit_ms = 0;     ///< ... in any span of this length; 0 = no limit
  std::int64_t debounce_ms = 0;  ///< begins when nothing has come for so long; 0 = at once
};

/// What a commit changed in lanes besides what was asked for.
struct LaneNews {
  std::vector<std::string> released;    ///< held before, queued now
  std::vector<std::string> superseded;  ///< stopped, for a newer one
  std::int64_t next_due_ms = 0;         ///< ask again then (Store::release_due); 0 = nothing new

  bool empty() const { return released.empty() && superseded.empty() && next_due_ms == 0; }
};

/// Codes of an attempt's error: the process ended before its outcome was known. The second one: a repeat does
/// no harm, as its action declares.
inline constexpr std::string_view unknown_outcome_code = "unknown_outcome";
inline constexpr std::string_view unknown_but_harmless_code = "unknown_but_harmless";

/// What the writer commits for one delivery: the event and one queued run per matching flow.
struct Arrival {
  struct QueuedRun {
    Run run;
    std::string dedupe_scope;  ///< flow-level `dedupe`: scope `flow:<id>`; empty = none
    std::string dedupe_key;
    std::int64_t dedupe_keep_ms = 0;
    std::optional<Lane> lane = {};  ///< none: it begins at once
  };
  Event event;
  std::int64_t dedupe_keep_ms = 0;
  std::vector<QueuedRun> runs;
};

struct Arrived {
  bool duplicate = false;                   ///< nothing was stored but the count
  std::string event_id;                     ///< of the event that is stored: the first one when duplicate
  std::vector<std::string> skipped_runs;    ///< ids not stored because of flow-level dedupe
  std::vector<std::string> held_runs = {};  ///< ids stored, but not to be begun yet
};

/// Progress of a run, committed as a whole.
struct RunUpdate {
  Run run;  ///< state, due_ms, ended_ms, error or reason, parked_for, trace, reply are written
  std::vector<Effect> effects;    ///< inserted or replaced; one that is done is final
  std::vector<Attempt> attempts;  ///< appended
  std::int64_t lane_now_ms = 0;   ///< the moment, when the run stands in a lane; 0: its flow has none
};

}  // namespace waggle::store
