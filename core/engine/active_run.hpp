// One run in memory: performs the effects that the pure flows::Run wants, writes each outcome down before
// anything that follows from it, and leaves when the run ends, parks or sleeps for long. Lives on one loop;
// all its methods on that loop.
//
// The order that makes it durable: outcome -> flows::Run says what next -> one commit of outcome and state ->
// only then what is next begins. At most one commit of a run is under way; what comes meanwhile goes into the
// following one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/drive.hpp"
#include "core/engine/snapshot.hpp"
#include "core/engine/world.hpp"
#include "core/http/server.hpp"
#include "flows/run.hpp"

namespace waggle::engine {

class Runner;

/// What a run begins or goes on with.
struct RunStart {
  store::Run row;
  flows::Run run;
  std::vector<store::Effect> recorded;  ///< outcomes that were written before a restart
  http::Respond respond;                ///< a sender that waits for the run's answer; may be empty
};

class ActiveRun : public std::enable_shared_from_this<ActiveRun> {
 public:
  ActiveRun(Runner& runner, std::shared_ptr<const Snapshot> snapshot, RunStart start);
  void go();

 private:
  /// An effect that was wanted and is not resolved.
  struct Open {
    flows::Effect effect;
    int attempts = 0;
    std::int64_t due_ms = 0;
    bool under_way = false;
    std::function<void()> cancel_timer;
  };
  /// What the next commit holds, and which effects begin after it.
  struct Pending {
    std::vector<store::Effect> effects;
    std::vector<store::Attempt> attempts;
    std::vector<std::string> begin;
  };

  // What the run says (active_run.cpp).
  void absorb(flows::Progress progress);
  bool resolve_at_once(const flows::Effect& effect, flows::Progress& next);
  void open(flows::Effect effect);
  void resolve(const std::string& key, const flows::Outcome& outcome);

  // What the world says (active_run_effects.cpp).
  void begin_effect(const std::string& key);
  void act(Open& open);
  host::Message act_message(const Open& open) const;
  void attempted(const std::string& key, std::int64_t started_ms, Driven driven);
  void failed_attempt(Open& open, store::Effect row, const Error& error);
  void reply(const flows::Effect& effect);
  store::Effect effect_row(const Open& open, store::EffectState state) const;

  // Writing down (active_run.cpp).
  void flush();
  bool at_rest() const;
  store::Run row_now() const;
  void committed(Result<void> written, std::shared_ptr<store::RunUpdate> update,
                 std::vector<std::string> begin);
  void leave();
  void answer_sender(store::RunState state);

  Runner& runner_;
  World& world_;
  std::shared_ptr<const Snapshot> snapshot_;
  store::Run row_;
  flows::Run run_;
  std::map<std::string, store::Effect, std::less<>> recorded_;
  std::map<std::string, Open, std::less<>> open_;
  std::string trace_;
  http::Respond respond_;
  Pending pending_;
  flows::RunState state_ = flows::RunState::unset;
  std::optional<Error> error_;          ///< of a failed run
  std::optional<Error> parking_error_;  ///< set: the run parks as soon as nothing is under way
  std::string parked_for_;
  int under_way_ = 0;
  bool committing_ = false;
  bool left_ = false;
};

}  // namespace waggle::engine
