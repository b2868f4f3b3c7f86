// Work: what one kind of step does, and the door through which it acts on its run. A new kind of step is one
// file in flows/steps/ that defines `const StepKind& <file>_step()`; the build finds it there. Runs on the
// run's thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/result.hpp>

#include "flows/body.hpp"
#include "flows/calculator.hpp"
#include "flows/run.hpp"

namespace waggle::flows {

class StepReader;
class Turn;

/// How a list of steps ended.
struct Ending {
  enum class How { unset, done, filtered, stopped, failed };
  How how = How::unset;
  jsonata::Value value;  ///< of its last step; lives as long as the run
  std::optional<Error> error;
  std::string step;  ///< name of the step that failed
};

/// A loaded step's behaviour. Immutable, shared by all runs.
class Work {
 public:
  virtual ~Work() = default;
  /// Begins. Must lead to done, filter_out, stop or fail: at once, or after the effect or the branches it
  /// began.
  virtual void start(Turn& turn) const = 0;
  /// The wanted effect is done; `output` lives as long as the run.
  virtual void resolved(Turn& turn, jsonata::Value output, const std::string& json) const;
  /// A branch that start() or branch_ended() began is at its end.
  virtual void branch_ended(Turn& turn, std::size_t branch, const Ending& ending) const;
};

/// A kind of step, as the loader sees it.
struct StepKind {
  std::string_view verb;                      ///< as it is written; empty for `<connector>.<action>`
  std::vector<std::string_view> beside = {};  ///< its own keys beside the verb: `steps`, `at_once`
  bool has_value = false;                     ///< `as` makes sense
  bool is_action = false;                     ///< `connection`, `retry`, `timeout` make sense
  /// Reads the step; null after reporting what is wrong.
  std::unique_ptr<const Work> (*read)(StepReader& step) = nullptr;
};

/// All kinds, from the files in flows/steps/.
const std::vector<const StepKind*>& step_kinds();

class Machine;
struct Sequence;

/// The step at work, as its Work sees it.
class Turn {
 public:
  Turn(Machine& machine, Sequence& sequence) : machine_(machine), sequence_(sequence) {}

  Calculator& calculator();
  const Step& step() const;
  /// The payload that the flow sees.
  jsonata::Value event() const;

  // The four ends of a step. `output` is JSON for the run's page, `note` says why.
  /// `value` may live in the calculator: it is copied if somebody wants it.
  void done(jsonata::Value value = {}, std::string output = {}, std::string note = {});
  /// `value` lives as long as the run already.
  void done_kept(jsonata::Value value, std::string output = {}, std::string note = {});
  void filter_out(std::string note);
  void stop(std::string note);
  void fail(Error error);
  /// Fails as a branch did: people want to know which step in it.
  void fail(const Ending& branch);

  /// Wants an effect; key, name and place are filled in here.
  void want(Effect effect);
  /// For the page while the step is still at work: which branch a route took.
  void report(std::string output, std::string note);

  // Branches. `label` is a branch's part of the keys: "0", "else".
  enum class Names { shared, copied };  ///< work on the flow's names, or on a copy of them
  void begin_branch(const Block& block, std::size_t branch, std::string_view label, Names names);
  /// A branch with `item` and `index`, on a copy of the names; its keys have `[index]`.
  void begin_item(const Block& block, std::size_t index, jsonata::Value item);
  /// Another flow's steps, with names and `vars` of their own.
  void begin_called(const Program& program, jsonata::Value event);
  /// What a called flow does about its failure: sees the names of branch `of`, and `error`. Only from
  /// branch_ended.
  void begin_rescue(const Block& block, std::size_t branch, std::size_t of, const Ending& failure);
  /// Copies the names that branch `branch` set into the step's own names. Only from branch_ended.
  void adopt_names(std::size_t branch);

  /// Scratch of a step with branches; lives while the step is at work.
  struct Memo {
    jsonata::Value items;
    std::size_t next = 0;  ///< first item not begun
    std::size_t open = 0;  ///< branches at work
    std::vector<Ending> endings;
  };
  Memo& memo();
  /// Makes `value` live as long as the run. Errors: invalid (the run keeps too much).
  Result<jsonata::Value> keep(jsonata::Value value);
  /// A list of values that live as long as the run already. Errors: as keep().
  Result<jsonata::Value> keep_list(std::span<const jsonata::Value> values);

 private:
  Machine& machine_;
  Sequence& sequence_;
};

/// How steps with several branches end: failed or stopped as the first such branch did, otherwise nothing.
const Ending* first_bad(const std::vector<Ending>& endings);

}  // namespace waggle::flows
