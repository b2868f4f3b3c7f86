// How a run's data is put into the store's words: trace records, exchanges, states, the idempotency key.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/drive.hpp"
#include "core/store/records.hpp"
#include "flows/run.hpp"

namespace waggle::engine {

/// A step's output in the trace is cut here: a map may copy a whole event, and a trace is read by people.
inline constexpr std::size_t traced_output_bytes = 16u << 10;

/// Appends one record to a trace (a JSON array without its brackets).
void append_trace(std::string& trace, const flows::StepRecord& record);

using Mask = std::function<std::string(std::string_view)>;

/// JSON array of an attempt's exchanges, secrets masked; their bodies are already.
std::string exchanges_json(const std::vector<Exchange>& exchanges, const Mask& mask);

/// The same for every repeat of this step of this run: 32 hex digits, short enough for every known app
/// (Square allows 45).
std::string idempotency_key(std::string_view run_id, std::string_view effect_key);

using store::unknown_outcome_code;
/// The error of a try that may have reached the app.
Error unknown_outcome(bool harmless);
bool is_unknown_outcome(const Error& error);

/// A failed run whose error was worth a repeat (tries used up) is parked: it waits for a person, and nothing
/// is dropped.
store::RunState stored_state(flows::RunState state, const std::optional<Error>& error);

/// Makes `row` that of a run that is over: state, end, error (secrets masked).
void end_row(store::Run& row, flows::RunState state, const std::optional<Error>& error, std::int64_t now_ms,
             const Mask& mask);

}  // namespace waggle::engine
