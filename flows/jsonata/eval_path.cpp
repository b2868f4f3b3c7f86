// Paths, their steps and predicates.
#include <cmath>

#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

bool is_numeric(Value value) {
  if (!value.is_number()) return false;
  double d = value.as_number();
  if (std::isinf(d)) throw fault("D1001").with_value(value);
  return !std::isnan(d);
}

namespace {

/// Arrays that share their parts can hold more items than there are atoms; nobody looks at so many on
/// purpose.
constexpr std::uint32_t most_looked_at = 10'000'000;

bool any_true(Value value, std::uint32_t& left) {
  if (value.is_number()) return is_numeric(value) && value.as_number() != 0;
  if (!value.is_array()) return to_boolean(value);
  for (std::uint32_t i = 0; i < value.length; ++i) {
    if (left-- == 0) throw fault("W1002").with_text("an array has too many items to look at");
    if (any_true(value.item(i), left)) return true;
  }
  return false;
}

}  // namespace

bool truthy(Value value) {
  std::uint32_t left = most_looked_at;
  return any_true(value, left);
}

namespace {

template <class Word>
bool same_words(const char* a, const char* b, std::size_t n) {
  Word first[2], last[2];
  std::memcpy(&first[0], a, sizeof(Word));
  std::memcpy(&first[1], b, sizeof(Word));
  std::memcpy(&last[0], a + n - sizeof(Word), sizeof(Word));
  std::memcpy(&last[1], b + n - sizeof(Word), sizeof(Word));
  return ((first[0] ^ first[1]) | (last[0] ^ last[1])) == 0;
}

bool same_name(const Member& member, const Node& name) {
  std::size_t n = name.text.size();
  if (member.hash != name.hash || member.length != n) return false;
  const char *a = member.key, *b = name.text.data();
  if (n >= 4 && n <= 8) return same_words<std::uint32_t>(a, b, n);
  if (n > 8 && n <= 16) return same_words<std::uint64_t>(a, b, n);
  return std::memcmp(a, b, n) == 0;
}

}  // namespace

const Member* member_of(const Node& name, const Object& object) {
  std::uint32_t hint = name.hint.load(std::memory_order_relaxed);
  if (hint < object.count && same_name(object.members[hint], name)) return object.members + hint;
  const Member* m = object.find(name.text, name.hash);
  if (m && hint != no_hint)
    name.hint.store(static_cast<std::uint32_t>(m - object.members), std::memory_order_relaxed);
  return m;
}

Value name_of(const Node& node, Context& context, Value input) {
  if (input.is_object()) {
    const Member* m = member_of(node, *input.object_);
    return m ? m->value : Value();
  }
  if (input.tag != Tag::array) return {};
  context.charge(input.length);
  Sequence result(context);
  for (std::uint32_t i = 0; i < input.length; ++i) {
    Value found = name_of(node, context, input.items_[i]);
    if (!found.is_undefined()) result.append(found);
  }
  return result.sequence();
}

Value evaluate_name(const Node& node, Context& context, Value input, Frame*) {
  return collapse(name_of(node, context, input), node.keep_array);
}

namespace {

void append_flat(Context& context, Value value, Sequence& out) {
  context.charge();
  if (!value.is_array()) {
    out.push(value);
    return;
  }
  for (std::uint32_t i = 0; i < value.length; ++i) append_flat(context, value.item(i), out);
}

void append_descendants(Context& context, Value value, Sequence& out) {
  context.charge();
  if (value.is_array()) {
    for (std::uint32_t i = 0; i < value.length; ++i) append_descendants(context, value.item(i), out);
    return;
  }
  out.push(value);
  if (!value.is_object()) return;
  const Object& object = *value.object_;
  for (std::uint32_t i = 0; i < object.count; ++i) append_descendants(context, object.members[i].value, out);
}

}  // namespace

Value path_step(const Node& step, Context& context, Value input, Frame* frame, bool last) {
  if (step.kind == Kind::sort) {
    Value sorted = sort_by(step, context, input, frame);
    return run_stages(step.stages, context, sorted, frame);
  }
  Items items(input);
  Sequence out(context);
  Value first;
  std::uint32_t found = 0;
  auto flatten = [&](Value value) {
    if (value.has(flag_cons)) {
      out.push(value);
    } else {
      out.append(value);
    }
  };
  for (std::uint32_t i = 0, n = items.size(); i < n; ++i) {
    context.charge();
    Value value = run(step, context, items[i], frame);
    for (const Stage& stage : step.stages)
      if (stage.filter) value = filter_by(*stage.filter, context, value, frame);
    if (value.is_undefined()) continue;
    if (++found == 1) {
      first = value;
      continue;
    }
    if (found == 2) flatten(first);
    flatten(value);
  }
  if (found == 1) {
    // A single array in the data stays the array it is, even with one item.
    if (last && first.is_array() && !first.has(flag_sequence)) return first;
    if (first.is_array() && !first.has(flag_cons)) {
      first.flags = flag_sequence;  // the same items, without copying them
      return first;
    }
    flatten(first);
  }
  return out.sequence();
}

namespace {

Value path_result(const Node& path, Context& context, Value input, Frame* frame, Value& tuples) {
  const std::vector<Node*>& steps = path.items;
  Value current = input;
  if (input.is_array() && steps[0]->kind == Kind::variable) current = context.array(&input, 1, flag_sequence);
  Value result;
  bool is_tuples = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Node& step = *steps[i];
    is_tuples |= step.tuple;
    if (i == 0 && step.cons_array) {
      Value whole = current.is_array() ? current : context.array(&current, 1, flag_sequence);
      result = run(step, context, whole, frame);
    } else if (is_tuples) {
      tuples = tuple_step(step, context, current, tuples, frame);
    } else {
      result = path_step(step, context, current, frame, i + 1 == steps.size());
    }
    if (!is_tuples && (result.is_undefined() || (result.is_array() && result.length == 0))) break;
    if (step.focus == no_symbol) current = result;
  }
  if (!is_tuples) return result;
  if (path.tuple) return tuples;
  Sequence values(context);
  for (std::uint32_t i = 0; i < tuples.length; ++i) values.push(tuples.items_[i].tuple_->at);
  return values.sequence();
}

}  // namespace

Value evaluate_path(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value tuples;
  Value result = path_result(node, context, input, frame, tuples);
  if (node.keep_singleton && result.is_array()) {
    if (result.has(flag_cons) && !result.has(flag_sequence))
      result = context.array(&result, 1, flag_sequence);
    result.flags |= flag_keep_singleton;
  }
  if (node.group) result = group_by(*node.group, context, tuples.is_undefined() ? result : tuples, frame);
  context.leave();
  return collapse(result, node.keep_array);
}

Value filter_by(const Node& predicate, Context& context, Value input, Frame* frame) {
  Items items(input);
  std::uint32_t count = items.size();
  bool is_tuples = input.is_array() && input.has(flag_tuples);
  std::uint8_t flags = flag_sequence | (is_tuples ? flag_tuples : 0);
  auto position = [count](double number) {
    double at = std::floor(number);
    return at < 0 ? at + count : at;
  };
  if (predicate.kind == Kind::number) {
    double at = position(predicate.literal.number_);
    if (!(at >= 0 && at < count)) return Value::array(nullptr, 0, flags);
    Value item = items[static_cast<std::uint32_t>(at)];
    if (item.is_undefined()) return Value::array(nullptr, 0, flags);
    return item.is_array() ? item : context.array(&item, 1, flags);
  }
  Sequence results(context);
  for (std::uint32_t i = 0; i < count; ++i) {
    context.charge();
    Value item = items[i];
    Value verdict = is_tuples
                        ? run(predicate, context, item.tuple_->at, frame_of(*item.tuple_, context, frame))
                        : run(predicate, context, item, frame);
    if (is_numeric(verdict)) {
      if (position(verdict.as_number()) == i) results.push(item);
      continue;
    }
    if (verdict.is_array()) {
      bool all_numbers = true;
      for (std::uint32_t k = 0; k < verdict.length && all_numbers && verdict.tag == Tag::array; ++k)
        all_numbers = is_numeric(verdict.items_[k]);
      if (all_numbers) {
        context.charge(verdict.length);
        for (std::uint32_t k = 0; k < verdict.length; ++k)
          if (position(verdict.item(k).as_number()) == i) results.push(item);
        continue;
      }
    }
    if (truthy(verdict)) results.push(item);
  }
  return results.array(flags);
}

Value run_stages(const std::vector<Stage>& stages, Context& context, Value input, Frame* frame) {
  Value result = input;
  for (const Stage& stage : stages) {
    if (stage.filter) {
      result = filter_by(*stage.filter, context, result, frame);
      continue;
    }
    for (std::uint32_t i = 0; result.is_array() && i < result.length; ++i) {
      Tuple* tuple = result.items_[i].tuple_;
      Frame view{nullptr, tuple->bindings, tuple->count, tuple->count};
      context.bind(view, stage.index, Value::number(i));
      tuple->bindings = view.bindings;
      tuple->count = view.count;
    }
  }
  return result;
}

Value evaluate_wildcard(const Node& node, Context& context, Value input, Frame*) {
  context.charge();
  if (input.is_array() && input.has(flag_outer) && input.length > 0) input = input.items_[0];
  Sequence results(context);
  // As in the reference: once the items of an array were added, the result is an array even with one item.
  bool has_array = false;
  auto add = [&](Value value) {
    if (value.is_array()) {
      has_array = true;
      append_flat(context, value, results);
    } else {
      results.push(value);
    }
  };
  if (input.is_object()) {
    context.charge(input.object_->count);
    for (std::uint32_t i = 0; i < input.object_->count; ++i) add(input.object_->members[i].value);
  } else if (input.is_array()) {
    for (std::uint32_t i = 0; i < input.length; ++i) add(input.item(i));
  }
  return collapse(results.array(has_array ? 0 : flag_sequence), node.keep_array);
}

Value evaluate_descendants(const Node& node, Context& context, Value input, Frame*) {
  if (input.is_undefined()) return {};
  Sequence results(context);
  append_descendants(context, input, results);
  if (results.size() == 1) return results[0];
  return collapse(results.sequence(), node.keep_array);
}

Value evaluate_parent(const Node& node, Context& context, Value, Frame* frame) {
  Value value = context.lookup(node.slot->label, "%", frame);
  return value.tag == Tag::unbound ? Value() : value;
}

Value evaluate_context(const Node& node, Context&, Value input, Frame*) {
  return collapse(input.is_array() && input.has(flag_outer) ? input.items_[0] : input, node.keep_array);
}

Value evaluate_whole_input(const Node& node, Context& context, Value, Frame*) {
  return collapse(context.root, node.keep_array);
}

Value evaluate_variable(const Node& node, Context& context, Value, Frame* frame) {
  Value value = context.lookup(node.symbol, node.text, frame);
  if (value.tag == Tag::unbound) value = node.builtin ? Value::function(&node.builtin->function) : Value();
  return collapse(value, node.keep_array);
}

Value evaluate_literal(const Node& node, Context&, Value, Frame*) { return node.literal; }

}  // namespace waggle::jsonata
