// The half of ActiveRun that touches the world: attempts of actions, timers, the sender's answer.
#include <algorithm>
#include <utility>

#include <waggle/json.hpp>

#include "core/engine/active_run.hpp"
#include "core/engine/json_text.hpp"
#include "core/engine/request_words.hpp"
#include "core/engine/retry.hpp"
#include "core/engine/run_words.hpp"
#include "core/engine/runner.hpp"
#include "flows/duration.hpp"

namespace waggle::engine {

void ActiveRun::begin_effect(const std::string& key) {
  const auto found = open_.find(key);
  if (found == open_.end() || left_) return;
  if (world_.stopping || parking_error_ || state_ != flows::RunState::running) {
    found->second.ticket.reset();  // the next one may call
    return take_back_note(found->second);
  }
  // What begins now would not be heard of by a row that is on its way to sleep. Should that commit fail, it
  // begins afterwards.
  if (leaving_) return pending_.begin.push_back(key);
  Open& open = found->second;
  if (const std::int64_t left = rest_ms(open); left > 0) {
    // Moments may be further away than timers reach; then it is asked again.
    open.cancel_timer = runner_.loop().after(std::min(std::chrono::milliseconds(left), flows::max_duration),
                                             [self = shared_from_this(), key] { self->pause_over(key); });
    return;
  }
  open.aside = false;
  if (open.effect.kind == flows::EffectKind::action) {
    open.due_ms = open.rested_ms = 0;
    return act(open);
  }
  store::Effect row = effect_row(open, store::EffectState::done);  // a wait that is over
  row.output = "{}";
  row.ended_ms = world_.now_ms();
  pending_.effects.push_back(std::move(row));
  resolve(key, {{}, "{}"});
  flush();
}

/// A pause is over when the steady clock says so: a wall clock that was set back meanwhile does not make it
/// longer. Only what waits for a moment of the wall clock asks that clock.
void ActiveRun::pause(Open& open, std::chrono::milliseconds length) {
  open.due_ms = world_.now_ms() + length.count();
  open.rested_ms = steady_ms() + length.count();
}

/// How long it still rests: by the steady clock if it pauses.
std::int64_t ActiveRun::rest_ms(const Open& open) const {
  return open.rested_ms > 0 ? open.rested_ms - steady_ms() : open.due_ms - world_.now_ms();
}

void ActiveRun::pause_over(const std::string& key) {
  const auto found = open_.find(key);
  if (found == open_.end()) return;
  if (found->second.effect.until_ms == 0) found->second.due_ms = found->second.rested_ms = 0;
  begin_effect(key);
}

void ActiveRun::act(Open& open) {
  const flows::Effect& effect = open.effect;
  if (const auto reason = world_.health.broken(effect.connection); !effect.connection.empty() && reason) {
    parking_error_ =
        denied("connection " + effect.connection + " is broken: " + *reason + "; mend it and its runs go on");
    parked_for_ = effect.connection;
    return flush();
  }
  const auto plugin = snapshot_->plugin(effect.connector);
  if (!plugin) {
    parking_error_ =
        invalid("connector " + effect.connector + " is not loaded; put its plugin back and retry this run");
    return flush();
  }
  std::shared_ptr<Ticket> ticket = may_call(open);
  if (!ticket || note_first(open, ticket)) return;
  waits_for_.clear();
  open.under_way = true;
  ++under_way_;
  ++world_.calls_under_way;
  const auto deadline =
      effect.timeout.count() > 0 ? effect.timeout : snapshot_->project().settings.action_timeout;
  open.sent_with = settings_of(effect);
  drive(runner_.hands(), plugin, act_message(open), deadline,
        [self = shared_from_this(), key = effect.key, started = world_.now_ms(), ticket](Driven driven) {
          if (!self->world_.stopping)
            ticket->ended(driven.result.ok() ? std::optional<Error>() : driven.result.error(), steady_ms());
          self->attempted(key, started, std::move(driven));
        });
}

/// Each call carries the newest settings of its connection: a token that was changed since the run began is
/// not sent again. A connection that is gone from the project is called as it was.
std::shared_ptr<const Snapshot> ActiveRun::settings_of(const flows::Effect& effect) const {
  const auto& newest = runner_.snapshot();
  return newest->project().connections.count(effect.connection) != 0 ? newest : snapshot_;
}

host::Message ActiveRun::act_message(const Open& open) const {
  const flows::Effect& effect = open.effect;
  constexpr std::size_t besides_input = 512;
  std::string head;
  head.reserve(effect.input.size() + besides_input);
  head += R"({"operation":"act")";
  append_member(head, "action", effect.action);
  append_key(head, "input");
  head += effect.input;
  if (!effect.connection.empty()) {
    append_member(head, "connection_name", effect.connection);
    append_key(head, "connection");
    head += open.sent_with->connection_json(effect.connection);
  }
  append_member(head, "idempotency_key", idempotency_key(row_.id, effect.key));
  head += ",\"run_began_ms\":" + std::to_string(row_.created_ms);
  head += ",\"attempt\":" + std::to_string(open.attempts + 1) +
          ",\"now_ms\":" + std::to_string(world_.now_ms()) + "}";
  return {std::move(head), {}};
}

void ActiveRun::attempted(const std::string& key, std::int64_t started_ms, Driven driven) {
  --under_way_;
  --world_.calls_under_way;
  Open& open = open_.at(key);
  open.under_way = open.noted = false;
  if (std::exchange(open.doubtful, false))
    pending_.attempts.push_back(unknown_attempt(open.effect, open.attempts));
  ++open.attempts;
  const std::int64_t now = world_.now_ms();

  store::Attempt attempt{row_.id, key, open.attempts, started_ms, std::max<std::int64_t>(0, now - started_ms),
                         {},      {}};
  attempt.exchanges = exchanges_json(driven.exchanges, world_.mask);
  open.error.reset();
  store::Effect row = effect_row(open, store::EffectState::done);
  const std::string_view word = driven.result.ok() ? "done" : to_string(driven.result.error().next);
  runner_.tally().effect(open.effect.connector, open.effect.action, word);
  runner_.tally().effect_time(open.effect.connector).observe(std::chrono::milliseconds(attempt.took_ms));
  if (!driven.result.ok()) {
    Error error = std::move(driven.result).error();
    error.message = world_.mask(error.message);
    attempt.error = error;
    pending_.attempts.push_back(std::move(attempt));
    return failed_attempt(open, std::move(row), error);
  }
  pending_.attempts.push_back(std::move(attempt));

  row.output = driven.result->head.at("output").dump();
  world_.active.hold(row_.id, held_bytes(row.output.size()));
  row.ended_ms = now;
  flows::Outcome outcome{{}, row.output};
  pending_.effects.push_back(std::move(row));
  resolve(key, outcome);
  flush();
}

void ActiveRun::failed_attempt(Open& open, store::Effect row, const Error& error) {
  const std::string key = open.effect.key;
  row.error = open.error = error;
  row.state = store::EffectState::pending;
  const bool parks = parks_run(error, !open.effect.connection.empty());
  if (parks && has_new_settings(open)) {
    open.due_ms = open.rested_ms = 0;
    pending_.effects.push_back(std::move(row));
    pending_.begin.push_back(key);
  } else if (parks) {
    parked_for_ = open.effect.connection;
    parking_error_ = error;
    if (!parked_for_.empty() && world_.health.break_connection(parked_for_, error.message)) {
      world_.log.error("connection is broken; its runs are parked until it is mended",
                       {{"connection", parked_for_}, {"error", error.message}});
      world_.store.break_connection(
          parked_for_, error.message, world_.now_ms(),
          [&log = world_.log, connection = parked_for_](Result<void> written) {
            if (!written.ok())
              log.error(
                  "that the connection is broken could not be stored; after a restart it is tried again",
                  written.error(), {{"connection", connection}});
          });
    }
    pending_.effects.push_back(std::move(row));
  } else if (const auto delay =
                 next_delay(open.effect.retry, open.attempts - open.plan_start, error, runner_.random())) {
    pause(open, *delay);
    row.due_ms = open.due_ms;
    pending_.effects.push_back(std::move(row));
    pending_.begin.push_back(key);
  } else {
    row.state = store::EffectState::failed;
    row.ended_ms = world_.now_ms();
    pending_.effects.push_back(std::move(row));
    resolve(key, {error, {}});
  }
  flush();
}

/// What was refused are settings that somebody has changed meanwhile: that says nothing about the new ones.
bool ActiveRun::has_new_settings(const Open& open) const {
  const std::string& connection = open.effect.connection;
  return !connection.empty() &&
         settings_of(open.effect)->connection_json(connection) != open.sent_with->connection_json(connection);
}

/// The webhook's answer: on record in any case; sent after that commit, when its sender still waits.
void ActiveRun::reply(const flows::Effect& effect) {
  Open open{.effect = effect};
  store::Effect row = effect_row(open, store::EffectState::done);
  row.output = R"({"sent":true})";
  row.ended_ms = world_.now_ms();
  pending_.effects.push_back(std::move(row));
  row_.reply = effect.input;
}

store::Effect ActiveRun::effect_row(const Open& open, store::EffectState state) const {
  const flows::Effect& effect = open.effect;
  store::Effect row;
  row.run_id = row_.id;
  row.key = effect.key;
  row.state = state;
  row.name = effect.name;
  row.connector = effect.connector;
  row.action = effect.kind == flows::EffectKind::action ? effect.action
               : effect.kind == flows::EffectKind::wait ? "wait"
                                                        : "reply";
  row.connection = effect.connection;
  row.input = effect.input;
  row.attempts = open.attempts;
  row.plan_start = open.plan_start;
  row.due_ms = open.due_ms;
  row.error = open.error;
  return row;
}

}  // namespace waggle::engine
