// One run in memory: performs the effects that the pure flows::Run wants, writes each outcome down before
// anything that follows from it, and leaves when the run ends, parks, or sleeps for longer than there is
// room. Lives on one loop; all its methods on that loop.
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
  std::vector<store::Effect> recorded = {};      ///< outcomes that were written before a restart
  std::vector<store::Attempt> attempts = {};     ///< ... and the tries
  http::Respond respond = {};                    ///< a sender that waits for the run's answer; may be empty
  bool after_crash = false;                      ///< it was at work when the process before this one died
  std::optional<flows::Progress> progress = {};  ///< of its first advance, when that was made already
};

class ActiveRun : public std::enable_shared_from_this<ActiveRun> {
 public:
  ActiveRun(Runner& runner, std::shared_ptr<const Snapshot> snapshot, RunStart start);
  void go();
  /// At a shutdown's deadline: notes which calls are cut off, so that the next start knows.
  void cut_off();
  /// Something that happened is not on disk yet.
  bool unwritten() const { return committing_ || !pending_.effects.empty() || !pending_.attempts.empty(); }

 private:
  /// An effect that was wanted and is not resolved.
  struct Open {
    flows::Effect effect;
    int attempts = 0;
    int plan_start = 0;               ///< attempts before the last retry by hand
    std::int64_t due_ms = 0;          ///< Unix ms
    std::int64_t rested_ms = 0;       ///< when its pause is over by the steady clock; 0: only `due_ms` says
    std::optional<Error> error = {};  ///< of its last try
    bool under_way = false;
    bool in_line = false;   ///< stands in its destination's line
    bool aside = false;     ///< waits for its destination for so long that it need not stay in memory
    bool doubtful = false;  ///< its last try may have reached the app, and is not on record yet
    bool noted = false;     ///< that a try begins is on record
    std::function<void()> cancel_timer = {};
    std::shared_ptr<Ticket> ticket = {};  ///< its turn has come
    std::shared_ptr<const Snapshot> sent_with =
        {};  ///< whose settings of the connection the last call carried
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
  void pause(Open& open, std::chrono::milliseconds length);
  std::int64_t rest_ms(const Open& open) const;
  void pause_over(const std::string& key);
  void act(Open& open);
  std::shared_ptr<const Snapshot> settings_of(const flows::Effect& effect) const;
  host::Message act_message(const Open& open) const;
  void attempted(const std::string& key, std::int64_t started_ms, Driven driven);
  void failed_attempt(Open& open, store::Effect row, const Error& error);
  bool has_new_settings(const Open& open) const;
  void reply(const flows::Effect& effect);
  store::Effect effect_row(const Open& open, store::EffectState state) const;

  // Calls whose outcome nobody knows (active_run_unknown.cpp).
  void remember_tries(const std::vector<store::Attempt>& attempts);
  void suspect(Open& open);
  bool note_first(Open& open, std::shared_ptr<Ticket>& ticket);
  void take_back_note(Open& open);
  bool is_harmless(const flows::Effect& effect) const;
  store::Attempt unknown_attempt(const flows::Effect& effect, int number) const;

  // What waits for an app (active_run_waits.cpp).
  std::string destination_name(const flows::Effect& effect) const;
  DestinationLimits limits_of(const flows::Effect& effect) const;
  std::shared_ptr<Ticket> may_call(Open& open);
  void called(const std::string& key, const std::shared_ptr<Ticket>& ticket);
  void hold_back(Open& open, const Destination& destination, const Destination::Answer& answer);

  // Writing down (active_run.cpp).
  void flush();
  bool at_rest() const;
  bool leaves_for(std::int64_t pause_ms) const;
  void before_rest();
  store::Run row_now(bool resting) const;
  void committed(Result<void> written, std::shared_ptr<store::RunUpdate> update,
                 std::vector<std::string> begin);
  void leave();
  void look_at_mended();
  void answer_sender();

  Runner& runner_;
  World& world_;
  std::shared_ptr<const Snapshot> snapshot_;
  store::Run row_;
  flows::Run run_;
  std::optional<flows::Progress> first_;  ///< until go()
  std::map<std::string, store::Effect, std::less<>> recorded_;
  std::map<std::string, int, std::less<>> begun_;  ///< tries on record without an outcome, by effect
  std::map<std::string, Open, std::less<>> open_;
  std::string trace_;
  http::Respond respond_;
  Pending pending_;
  flows::RunState state_ = flows::RunState::unset;
  std::optional<Error> error_;          ///< of a failed run
  std::optional<Error> parking_error_;  ///< set: the run parks as soon as nothing is under way
  std::string parked_for_;
  std::string waits_for_;  ///< why an effect was put aside, for people
  int under_way_ = 0;
  bool committing_ = false;
  bool leaving_ = false;  ///< the commit under way lets go of the run: nothing begins meanwhile
  bool left_ = false;
  bool after_crash_ = false;  ///< what is opened now may have been under way when the process died
};

}  // namespace waggle::engine
