#include "core/cli/shell/record_view.hpp"

#include <algorithm>

#include "core/cli/shell/show_time.hpp"

namespace waggle::cli {
namespace {

void set_text(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json.set(key, value);
}

void set_time(Json& json, const char* key, std::int64_t unix_ms) { set_text(json, key, full_time(unix_ms)); }

void set_error(Json& json, const std::optional<Error>& error) {
  if (error) json.set("error", json_of(*error));
}

}  // namespace

Json parsed_or_text(const std::string& text) {
  auto parsed = Json::parse(text);
  return parsed ? *std::move(parsed) : Json(text);
}

Json masked(const Json& value, const secrets::Redactor& secrets) {
  if (value.is_array()) {
    Json items = Json::array();
    for (const Json& item : value.items()) items.push(masked(item, secrets));
    return items;
  }
  if (value.is_object()) {
    Json members = Json::object();
    for (const auto& [key, member] : value.members()) members.set(secrets.mask(key), masked(member, secrets));
    return members;
  }
  const std::string text = value.to_text();
  return secrets.finds(text) ? Json(secrets.mask(text)) : value;
}

Json json_of(const Error& error) {
  Json json{{"next", std::string(to_string(error.next))}, {"message", error.message}};
  set_text(json, "code", error.code);
  if (error.after) json.set("after_ms", error.after->count());
  return json;
}

Json json_of(const store::Run& run) {
  Json json{{"id", run.id}, {"flow", run.flow}, {"state", std::string(store::to_string(run.state))}};
  set_text(json, "subject", run.subject);
  json.set("event", run.event_id);
  json.set("version", run.version);
  set_time(json, "created_at", run.created_ms);
  set_time(json, "ended_at", run.ended_ms);
  set_time(json, "due_at", run.due_ms);
  set_text(json, "parked_for", run.parked_for);
  set_error(json, run.error);
  set_text(json, "reason", run.reason);
  return json;
}

Json json_of(const store::Event& event) {
  Json json{{"id", event.id}, {"connector", event.connector}, {"trigger", event.trigger}};
  set_text(json, "connection", event.connection);
  json.set("source", event.source);
  set_time(json, "received_at", event.received_ms);
  set_text(json, "delivery_id", event.delivery_id);
  set_text(json, "dedupe_key", event.dedupe_key);
  json.set("repeats", event.repeats);
  return json;
}

Json json_of(const store::Effect& effect) {
  Json json{
      {"key", effect.key}, {"name", effect.name}, {"state", std::string(store::to_string(effect.state))}};
  set_text(json, "connector", effect.connector);
  set_text(json, "action", effect.action);
  set_text(json, "connection", effect.connection);
  json.set("attempts", effect.attempts);
  set_time(json, "due_at", effect.due_ms);
  set_time(json, "ended_at", effect.ended_ms);
  if (!effect.input.empty()) json.set("input", parsed_or_text(effect.input));
  if (!effect.output.empty()) json.set("output", parsed_or_text(effect.output));
  set_error(json, effect.error);
  return json;
}

Json json_of(const store::Attempt& attempt) {
  Json json{{"key", attempt.key}, {"number", attempt.number}, {"took_ms", attempt.took_ms}};
  set_time(json, "started_at", attempt.started_ms);
  set_error(json, attempt.error);
  if (!attempt.exchanges.empty()) json.set("exchanges", parsed_or_text(attempt.exchanges));
  return json;
}

std::string trigger_name(const std::string& connector, const std::string& trigger) {
  return trigger.empty() || trigger == "default" ? connector : connector + "." + trigger;
}

bool may_have_run_twice(const store::Effect& effect, const std::vector<store::Attempt>& attempts) {
  return std::any_of(attempts.begin(), attempts.end(), [&](const store::Attempt& attempt) {
    return attempt.key == effect.key && attempt.error && attempt.error->code == store::unknown_outcome_code &&
           attempt.number < effect.attempts;
  });
}

Cell state_cell(store::RunState state) {
  using enum store::RunState;
  Style style = Style::unset;
  if (state == succeeded) style = Style::green;
  if (state == failed) style = Style::red;
  if (state == parked) style = Style::yellow;
  return {std::string(store::to_string(state)), style};
}

}  // namespace waggle::cli
