#include "flows/machine.hpp"

#include <algorithm>

namespace waggle::flows {

using jsonata::Value;

Error too_much_memory() {
  return invalid("the run keeps more than " + std::to_string(max_kept_bytes >> 20) +
                     " MB of values; keep only the fields that later steps need",
                 "too_much_memory");
}

Progress Machine::advance() {
  Calculator calculator(input_.started_ms, input_.seed);
  calculator_ = &calculator;
  if (state_ == RunState::unset) {
    state_ = RunState::running;
    ready_.push_back(root_.get());
  }
  drive();
  return take_progress();
}

Result<Progress> Machine::resolve(std::string_view key, const Outcome& outcome) {
  auto found = open_.find(std::string(key));
  if (found == open_.end())
    return bug("run " + input_.run_id + " of " + flow_->id() + ": no effect `" + std::string(key) +
               "` is open");
  Sequence& sequence = *found->second;
  open_.erase(found);
  Calculator calculator(input_.started_ms, input_.seed);
  calculator_ = &calculator;
  calculator.enter(*sequence.frame, sequence.key);
  Turn turn(*this, sequence);
  if (outcome.error) {
    turn.fail(*outcome.error);
  } else {
    Value output;
    if (sequence.step().value_wanted && !outcome.output.empty()) {
      auto kept = keep_answer(outcome.output, sequence.step().verb);
      if (kept.ok())
        output = *kept;
      else
        turn.fail(std::move(kept).error());
    }
    if (sequence.busy && sequence.branches.empty())
      sequence.step().work->resolved(turn, output, outcome.output);
  }
  if (!sequence.busy) ready_.push_back(&sequence);
  drive();
  return take_progress();
}

/// Beyond the limit the answer is let go at once: the items of an `each` are carried on after one failed.
Result<Value> Machine::keep_answer(const std::string& json, const std::string& verb) {
  auto parsed = jsonata::Document::parse(json, {.allow_duplicate_keys = true});
  // It came out of a reader already, so this is its depth: what an app answered, nobody's mistake.
  if (!parsed.ok())
    return failed("the answer of " + verb + " cannot be read: " + parsed.error().message, "bad_answer");
  if (kept_bytes() + parsed->bytes() > max_kept_bytes) return too_much_memory();
  output_bytes_ += parsed->bytes();
  outputs_.push_back(std::move(parsed).value());
  return outputs_.back().root();
}

void Machine::drive() {
  while (!ready_.empty()) {
    Sequence& sequence = *ready_.back();
    ready_.pop_back();
    go_on(sequence);
  }
}

void Machine::go_on(Sequence& sequence) {
  while (!sequence.ending && sequence.index < sequence.block->steps.size()) {
    begin_step(sequence);
    if (sequence.busy) return;
  }
  end(sequence);
}

void Machine::begin_step(Sequence& sequence) {
  const Step& step = sequence.step();
  sequence.key = sequence.prefix + std::to_string(sequence.index);
  sequence.busy = true;
  calculator_->enter(*sequence.frame, sequence.key);
  Turn turn(*this, sequence);
  if (++steps_ > max_steps_of_run)
    return turn.fail(invalid("the run did more than " + std::to_string(max_steps_of_run) +
                                 " steps; let the flow handle fewer items at a time",
                             "too_many_steps"));
  if (step.condition) {
    Result<bool> yes = calculator_->truth(*step.condition);
    if (!yes.ok()) return turn.fail(std::move(yes).error());
    if (!*yes) {
      record(sequence, StepState::skipped, {}, "if: " + calculator_->why());
      return move_on(sequence, {});
    }
  }
  step.work->start(turn);
}

/// The step is over, well or not so well; the next one may begin.
void Machine::move_on(Sequence& sequence, Value value) {
  const Step& step = sequence.step();
  if (step.as != no_slot) sequence.frame->set(step.as, value);
  sequence.last = value;
  sequence.busy = false;
  sequence.memo.reset();
  ++sequence.index;
}

void Machine::fail(Sequence& sequence, Error error, std::string step_name) {
  const Step& step = sequence.step();
  record(sequence, StepState::failed, {}, error.message);
  sequence.memo.reset();
  Ending failure{Ending::How::failed, {}, std::move(error), std::move(step_name)};
  if (!step.if_failed) {
    sequence.busy = false;
    sequence.ending = std::move(failure);
    return;
  }
  Sequence& rescue = begin_branch(sequence, *step.if_failed, 0, sequence.key + "/if_failed/");
  rescue.rescue = true;
  copy_frame(rescue, *sequence.frame);
  set_error(rescue, failure);
}

void Machine::end(Sequence& sequence) {
  Ending ending =
      sequence.ending ? std::move(*sequence.ending) : Ending{Ending::How::done, sequence.last, {}, {}};
  Sequence* parent = sequence.parent;
  if (!parent) return end_run(sequence, std::move(ending));
  calculator_->enter(*parent->frame, parent->key);
  if (sequence.rescue) {
    rescued(*parent, ending);
  } else {
    Turn turn(*this, *parent);
    parent->step().work->branch_ended(turn, sequence.branch, ending);
  }
  std::erase_if(parent->branches, [&](const auto& branch) { return branch.get() == &sequence; });
  if (!parent->busy) ready_.push_back(parent);
}

/// The `if_failed` of the step at work has ended. If it went well, its value stands in for the step's.
void Machine::rescued(Sequence& sequence, const Ending& ending) {
  if (ending.how == Ending::How::done || ending.how == Ending::How::filtered)
    return move_on(sequence, ending.value);
  sequence.busy = false;
  sequence.ending = ending;
}

void Machine::end_run(Sequence& root, Ending ending) {
  const Program& program = *flow_->body().program;
  if (!failure_ && ending.how == Ending::How::failed) {
    failure_ = std::move(ending);
    if (program.if_failed) {
      auto rescue = std::make_unique<Sequence>();
      rescue->block = program.if_failed.get();
      rescue->prefix = "if_failed/";
      copy_frame(*rescue, *root.frame);
      set_error(*rescue, *failure_);
      root_ = std::move(rescue);
      ready_.push_back(root_.get());
      return;
    }
  }
  if (failure_) {
    state_ = RunState::failed;
    progress_.error = failure_->error;
  } else {
    state_ = ending.how == Ending::How::filtered  ? RunState::filtered
             : ending.how == Ending::How::stopped ? RunState::stopped
                                                  : RunState::succeeded;
  }
}

Sequence& Machine::begin_branch(Sequence& parent, const Block& block, std::size_t branch,
                                std::string prefix) {
  auto sequence = std::make_unique<Sequence>();
  sequence->block = &block;
  sequence->parent = &parent;
  sequence->branch = branch;
  sequence->frame = parent.frame;
  sequence->prefix = std::move(prefix);
  parent.branches.push_back(std::move(sequence));
  Sequence& begun = *parent.branches.back();
  ready_.push_back(&begun);
  return begun;
}

void Machine::copy_frame(Sequence& sequence, const Frame& from) {
  sequence.own_frame = std::make_unique<Frame>(from);
  sequence.frame = sequence.own_frame.get();
}

void Machine::set_error(Sequence& rescue, const Ending& failure) {
  jsonata::Evaluation& memory = calculator_->memory();
  Value error = memory.object({{"message", memory.string(failure.error->message)},
                               {"code", memory.string(failure.error->code)},
                               {"next", memory.string(to_string(failure.error->next))},
                               {"step", memory.string(failure.step)}});
  rescue.frame->set(slot_error, jsonata::copy_value(error, arena_));
}

void Machine::record(Sequence& sequence, StepState state, std::string output, std::string note) {
  const Step& step = sequence.step();
  progress_.records.push_back(
      {sequence.key, step.verb, step.name, state, std::move(output), std::move(note), step.at.line});
}

Progress Machine::take_progress() {
  calculator_ = nullptr;
  progress_.state = state_;
  Progress progress = std::move(progress_);
  progress_ = {};
  return progress;
}

}  // namespace waggle::flows
