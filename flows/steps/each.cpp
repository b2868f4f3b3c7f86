// each: does its steps for every item of a list; `at_once: N` for up to N items at the same time, `as` for
// the list of results. Every item is carried to its end, also when another one failed; then the step fails
// with the first failed item's error.
#include <algorithm>

#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

/// More items than this in one event are an import, not an event; each one costs records on disk.
constexpr std::uint32_t max_items = 10'000;
/// More calls at the same time than this hurt the other side before they help.
constexpr std::int64_t max_at_once = 100;

class EachWork final : public Work {
 public:
  EachWork(Formula list, Block steps, std::size_t at_once)
      : list_(std::move(list)), steps_(std::move(steps)), at_once_(at_once) {}

  void start(Turn& turn) const override {
    auto list = turn.calculator().value(list_);
    if (!list.ok()) return turn.fail(std::move(list).error());
    if (list->is_undefined() || list->is_null()) return turn.done({}, {}, "there is nothing to go through");
    jsonata::Value items =
        list->is_array() ? *list : jsonata::Value::array(&*list, 1);  // JSONata unwraps lists of one
    if (items.size() > max_items)
      return turn.fail(invalid(std::to_string(items.size()) + " items are more than `each` takes (" +
                                   std::to_string(max_items) + "); let several events carry them",
                               "too_many_items"));
    auto kept = turn.keep(items);
    if (!kept.ok()) return turn.fail(std::move(kept).error());
    Turn::Memo& memo = turn.memo();
    memo.items = *kept;
    memo.endings.resize(items.size());
    begin_more(turn);
    if (items.size() == 0) finish(turn);
  }

  void branch_ended(Turn& turn, std::size_t branch, const Ending& ending) const override {
    Turn::Memo& memo = turn.memo();
    memo.endings[branch] = ending;
    --memo.open;
    begin_more(turn);
    if (memo.open == 0) finish(turn);
  }

 private:
  void begin_more(Turn& turn) const {
    Turn::Memo& memo = turn.memo();
    std::size_t first = memo.next;
    std::size_t end = std::min<std::size_t>(memo.items.size(), first + (at_once_ - memo.open));
    for (std::size_t i = end; i-- > first;) {  // begun last goes first: the first item's effects come first
      turn.begin_item(steps_, i, memo.items.item(static_cast<std::uint32_t>(i)));
      ++memo.open;
    }
    memo.next = end;
  }

  void finish(Turn& turn) const {
    std::vector<Ending> endings = std::move(turn.memo().endings);
    std::size_t failed = 0;
    for (const Ending& ending : endings) failed += ending.how == Ending::How::failed ? 1 : 0;
    if (const Ending* bad = first_bad(endings)) {
      if (bad->how == Ending::How::stopped) return turn.stop("an item stopped");
      Ending failure = *bad;
      if (failed > 1)
        failure.error->message += " (and " + std::to_string(failed - 1) + " more of " +
                                  std::to_string(endings.size()) + " items failed)";
      return turn.fail(failure);
    }
    std::string note = std::to_string(endings.size()) + (endings.size() == 1 ? " item" : " items");
    if (!turn.step().value_wanted) return turn.done({}, {}, std::move(note));
    std::vector<jsonata::Value> results;
    for (const Ending& ending : endings)
      if (!ending.value.is_undefined()) results.push_back(ending.value);
    auto list = turn.keep_list(results);
    if (!list.ok()) return turn.fail(std::move(list).error());
    turn.done_kept(*list, jsonata::to_json(*list), std::move(note));
  }

  Formula list_;
  Block steps_;
  std::size_t at_once_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  Reader& reader = step.reader;
  auto list = reader.formula(step.value, "each");
  std::optional<std::int64_t> at_once = 1;
  if (const yaml::Node* given = step.step.find("at_once"))
    at_once = reader.integer(*given, "at_once", 1, max_at_once);
  const yaml::Node* steps = step.step.find("steps");
  if (!steps)
    reader.error(step.verb, "missing_key", "`each` has no `steps`", "write them in a list beside `each`");
  if (!steps) return nullptr;
  Block block = read_inner_block(reader, *steps, step.inner_use(), {"item", "index"});
  if (!list || !at_once) return nullptr;
  return std::make_unique<EachWork>(std::move(*list), std::move(block), static_cast<std::size_t>(*at_once));
}

}  // namespace

const StepKind& each_step() {
  static const StepKind kind{.verb = "each", .beside = {"steps", "at_once"}, .has_value = true, .read = read};
  return kind;
}

}  // namespace waggle::flows
