// Machine: the inside of a Run. Every list of steps at work is a Sequence; a step with branches owns the
// Sequences of its branches. No recursion over the data: what can go on waits in `ready_`. One thread at a
// time.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "flows/run.hpp"
#include "flows/work.hpp"

namespace waggle::flows {

/// Steps that one run may do, counting every item of every `each`: an endless amount of work is a mistake in
/// the flow.
inline constexpr std::size_t max_steps_of_run = 200'000;
/// Memory for values that a run keeps, its own and the answers of its calls: many times the largest payload,
/// and bounded when thousands of runs are alive.
inline constexpr std::size_t max_kept_bytes = 64u << 20;
Error too_much_memory();

struct Sequence {
  const Block* block = nullptr;
  std::size_t index = 0;  ///< of the step at work
  Sequence* parent = nullptr;
  std::size_t branch = 0;  ///< which of the parent's branches this is
  bool rescue = false;     ///< the `if_failed` of the parent's step
  std::unique_ptr<Frame> own_frame;
  Frame* frame = nullptr;
  std::string prefix;  ///< of the keys of its steps: "2/else/"
  std::string key;     ///< of the step at work
  bool busy = false;   ///< the step at work waits for an effect or for branches
  jsonata::Value last;
  std::optional<Ending> ending;  ///< ends before its last step
  std::vector<std::unique_ptr<Sequence>> branches;
  std::unique_ptr<Turn::Memo> memo;

  const Step& step() const { return block->steps[index]; }
};

class Machine {
 public:
  Machine(std::shared_ptr<const Flow> flow, RunInput input);

  Progress advance();
  Result<Progress> resolve(std::string_view key, const Outcome& outcome);

  RunState state() const { return state_; }
  const Flow& flow() const { return *flow_; }
  std::string subject();
  Result<std::optional<std::string>> dedupe_key();
  Result<std::string> pace_key();

 private:
  friend class Turn;

  Result<std::string> key_of(const Formula& formula, std::string_view field);
  void drive();
  void go_on(Sequence& sequence);
  void begin_step(Sequence& sequence);
  void end(Sequence& sequence);
  void end_run(Sequence& root, Ending ending);
  void rescued(Sequence& sequence, const Ending& ending);
  void move_on(Sequence& sequence, jsonata::Value value);
  void fail(Sequence& sequence, Error error, std::string step_name);
  Sequence& begin_branch(Sequence& parent, const Block& block, std::size_t branch, std::string prefix);
  void copy_frame(Sequence& sequence, const Frame& from);
  void set_error(Sequence& rescue, const Ending& failure);
  Result<jsonata::Value> keep_answer(const std::string& json, const std::string& verb);
  void record(Sequence& sequence, StepState state, std::string output, std::string note);
  std::size_t kept_bytes() const { return arena_.used() + output_bytes_; }
  Progress take_progress();

  std::shared_ptr<const Flow> flow_;
  RunInput input_;
  std::vector<jsonata::Document> outputs_;  ///< answers of calls that somebody wants
  std::size_t output_bytes_ = 0;            ///< of all outputs_
  jsonata::Arena arena_;
  std::unique_ptr<Sequence> root_;
  std::unordered_map<std::string, Sequence*> open_;
  std::vector<Sequence*> ready_;
  Calculator* calculator_ = nullptr;  ///< of the advance at work
  Progress progress_;
  RunState state_ = RunState::unset;
  std::size_t steps_ = 0;
  std::optional<Ending> failure_;  ///< while the flow's `if_failed` works
};

}  // namespace waggle::flows
