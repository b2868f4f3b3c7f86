#include "core/engine/run_words.hpp"

#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

#include "core/engine/json_text.hpp"

namespace waggle::engine {
void append_trace(std::string& trace, const flows::StepRecord& record) {
  if (!trace.empty()) trace += ',';
  trace += '{';
  append_member(trace, "key", record.key);
  append_unless_empty(trace, "verb", record.verb);
  if (record.name != record.verb) append_unless_empty(trace, "name", record.name);
  append_member(trace, "state", flows::to_string(record.state));
  append_unless_empty(trace, "note", record.note);
  trace += ",\"line\":" + std::to_string(record.line);
  if (record.output.size() > traced_output_bytes) {
    trace += ",\"output_bytes\":" + std::to_string(record.output.size());
  } else if (!record.output.empty()) {
    trace += ",\"output\":";
    trace += record.output;
  }
  trace += '}';
}

std::string exchanges_json(const std::vector<Exchange>& exchanges, const Mask& mask) {
  constexpr std::size_t besides_bodies = 128;
  std::size_t size = 2;
  for (const Exchange& exchange : exchanges)
    size += exchange.url.size() + exchange.request.size() + exchange.response.size() + besides_bodies;
  std::string out;
  out.reserve(size);
  out += '[';
  for (const Exchange& exchange : exchanges) {
    if (out.size() > 1) out += ',';
    out += '{';
    append_member(out, "method", exchange.method);
    append_unless_empty(out, "url", mask(exchange.url));
    out += ",\"status\":" + std::to_string(exchange.status) + ",\"ms\":" + std::to_string(exchange.ms);
    append_unless_empty(out, "request", exchange.request);
    append_unless_empty(out, "response", exchange.response);
    append_unless_empty(out, "error", mask(exchange.error));
    out += '}';
  }
  out += ']';
  return out;
}

std::string idempotency_key(std::string_view run_id, std::string_view effect_key) {
  constexpr std::size_t key_bytes = 16;
  std::string name(run_id);
  name += '/';
  name += effect_key;
  return to_hex(sha256(name).substr(0, key_bytes));
}

Error unknown_outcome(bool harmless) {
  return harmless
             ? retry("the server stopped before the outcome was known; the app tells a repeat by its key", {},
                     std::string(store::unknown_but_harmless_code))
             : retry("the server stopped before the outcome was known; it may have run", {},
                     std::string(store::unknown_outcome_code));
}

bool is_unknown_outcome(const Error& error) {
  return error.code == store::unknown_outcome_code || error.code == store::unknown_but_harmless_code;
}

store::RunState stored_state(flows::RunState state, const std::optional<Error>& error) {
  switch (state) {
    case flows::RunState::succeeded:
      return store::RunState::succeeded;
    case flows::RunState::filtered:
      return store::RunState::filtered;
    case flows::RunState::stopped:
      return store::RunState::stopped;
    case flows::RunState::failed:
      return error && error->next == Next::retry ? store::RunState::parked : store::RunState::failed;
    case flows::RunState::unset:
    case flows::RunState::running:
      break;
  }
  return store::RunState::queued;
}

void end_row(store::Run& row, flows::RunState state, const std::optional<Error>& error, std::int64_t now_ms,
             const Mask& mask) {
  row.state = stored_state(state, error);
  row.ended_ms = now_ms;
  row.error = error;
  if (row.error) row.error->message = mask(row.error->message);
}

}  // namespace waggle::engine
