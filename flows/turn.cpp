#include <algorithm>

#include "flows/machine.hpp"

namespace waggle::flows {

using jsonata::Value;

void Work::resolved(Turn& turn, Value output, const std::string& json) const { turn.done_kept(output, json); }

void Work::branch_ended(Turn& turn, std::size_t, const Ending&) const {
  turn.fail(bug("the step " + turn.step().verb + " began no branch"));
}

const Ending* first_bad(const std::vector<Ending>& endings) {
  const Ending* stopped = nullptr;
  for (const Ending& ending : endings) {
    if (ending.how == Ending::How::failed) return &ending;
    if (ending.how == Ending::How::stopped && !stopped) stopped = &ending;
  }
  return stopped;
}

Calculator& Turn::calculator() { return *machine_.calculator_; }
const Step& Turn::step() const { return sequence_.step(); }
Value Turn::event() const { return sequence_.frame->get(slot_event); }

void Turn::done(Value value, std::string output, std::string note) {
  if (!step().value_wanted) return done_kept({}, std::move(output), std::move(note));
  auto kept = keep(value);
  if (!kept.ok()) return fail(std::move(kept).error());
  done_kept(*kept, std::move(output), std::move(note));
}

void Turn::done_kept(Value value, std::string output, std::string note) {
  machine_.record(sequence_, StepState::done, std::move(output), std::move(note));
  machine_.move_on(sequence_, value);
}

void Turn::filter_out(std::string note) {
  machine_.record(sequence_, StepState::filtered, {}, std::move(note));
  sequence_.busy = false;
  sequence_.ending = Ending{Ending::How::filtered, {}, {}, {}};
}

void Turn::stop(std::string note) {
  machine_.record(sequence_, StepState::done, {}, std::move(note));
  sequence_.busy = false;
  sequence_.ending = Ending{Ending::How::stopped, {}, {}, {}};
}

void Turn::fail(Error error) { machine_.fail(sequence_, std::move(error), step().name); }
void Turn::fail(const Ending& branch) { machine_.fail(sequence_, *branch.error, branch.step); }

void Turn::want(Effect effect) {
  effect.key = sequence_.key;
  effect.name = step().name;
  effect.at = step().at;
  machine_.record(sequence_, StepState::waiting, {}, calculator().why());
  machine_.open_.emplace(effect.key, &sequence_);
  machine_.progress_.wanted.push_back(std::move(effect));
}

void Turn::report(std::string output, std::string note) {
  machine_.record(sequence_, StepState::waiting, std::move(output), std::move(note));
}

void Turn::begin_branch(const Block& block, std::size_t branch, std::string_view label, Names names) {
  Sequence& begun =
      machine_.begin_branch(sequence_, block, branch, sequence_.key + "/" + std::string(label) + "/");
  if (names == Names::copied) machine_.copy_frame(begun, *sequence_.frame);
}

void Turn::begin_item(const Block& block, std::size_t index, Value item) {
  Sequence& begun =
      machine_.begin_branch(sequence_, block, index, sequence_.key + "[" + std::to_string(index) + "]/");
  machine_.copy_frame(begun, *sequence_.frame);
  begun.frame->set(slot_item, item);
  begun.frame->set(slot_index, Value::number(static_cast<double>(index)));
}

void Turn::begin_called(const Program& program, Value event) {
  Sequence& begun = machine_.begin_branch(sequence_, program.steps, 0, sequence_.key + "/");
  begun.own_frame = std::make_unique<Frame>(program);
  begun.frame = begun.own_frame.get();
  begun.frame->set(slot_event, event);
  begun.frame->set(slot_meta, sequence_.frame->get(slot_meta));
  begun.frame->set(slot_vars, find_vars(machine_.input_.vars, program.flow_id));
}

void Turn::begin_rescue(const Block& block, std::size_t branch, std::size_t of, const Ending& failure) {
  auto from = std::find_if(sequence_.branches.begin(), sequence_.branches.end(),
                           [&](const auto& one) { return one->branch == of && !one->rescue; });
  const Frame& names = from == sequence_.branches.end() ? *sequence_.frame : *(*from)->frame;
  Sequence& rescue = machine_.begin_branch(sequence_, block, branch, sequence_.key + "/called/if_failed/");
  machine_.copy_frame(rescue, names);
  machine_.set_error(rescue, failure);
}

void Turn::adopt_names(std::size_t branch) {
  for (const auto& one : sequence_.branches) {
    if (one->branch != branch || one->rescue || one->frame == sequence_.frame) continue;
    for (std::size_t slot = slot_first_free; slot < sequence_.frame->size(); ++slot) {
      Value value = one->frame->get(slot);
      if (!value.is_undefined()) sequence_.frame->set(slot, value);
    }
  }
}

Turn::Memo& Turn::memo() {
  if (!sequence_.memo) sequence_.memo = std::make_unique<Memo>();
  return *sequence_.memo;
}

Result<Value> Turn::keep(Value value) {
  const auto before = machine_.arena_.mark();
  Value kept = jsonata::copy_value(value, machine_.arena_);
  if (machine_.kept_bytes() <= max_kept_bytes) return kept;
  machine_.arena_.release(before);
  return too_much_memory();
}

Result<Value> Turn::keep_list(std::span<const Value> values) {
  const auto before = machine_.arena_.mark();
  auto* items = machine_.arena_.take_array<Value>(values.size());
  std::copy(values.begin(), values.end(), items);
  if (machine_.kept_bytes() <= max_kept_bytes)
    return Value::array(items, static_cast<std::uint32_t>(values.size()));
  machine_.arena_.release(before);
  return too_much_memory();
}

}  // namespace waggle::flows
