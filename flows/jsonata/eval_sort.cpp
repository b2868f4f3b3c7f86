// The order-by step: a^(>b, c).
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

/// Sort keys of one item, evaluated when first needed and only once.
struct Keyed {
  Value item;
  Value* keys;
};

class Sorter {
 public:
  Sorter(const Node& sort, Context& context, Frame* frame, bool is_tuples)
      : sort_(sort), context_(context), frame_(frame), is_tuples_(is_tuples) {}

  bool after(const Keyed& a, const Keyed& b) const {
    context_.charge();
    for (std::size_t t = 0; t < sort_.items.size(); ++t) {
      Value x = key(a, t), y = key(b, t);
      if (x.is_undefined() && y.is_undefined()) continue;
      if (x.is_undefined()) return true;  // what has no key comes last, in either direction
      if (y.is_undefined()) return false;
      int order = compare(x, y);
      if (order != 0) return (order > 0) != sort_.items[t]->descending;
    }
    return false;
  }

 private:
  Value key(const Keyed& keyed, std::size_t t) const {
    Value& cached = keyed.keys[t];
    if (cached.tag == Tag::unbound) {
      const Node& term = *sort_.items[t]->lhs;
      cached = is_tuples_ ? run(term, context_, keyed.item.tuple_->at,
                                frame_of(*keyed.item.tuple_, context_, frame_))
                          : run(term, context_, keyed.item, frame_);
    }
    return cached;
  }

  int compare(Value x, Value y) const {
    bool x_good = x.is_number() || x.is_string(), y_good = y.is_number() || y.is_string();
    if (!x_good || !y_good) throw fault("T2008").with_value(x_good ? y : x).at(sort_.start, sort_.end);
    if (x.tag != y.tag) throw fault("T2007").with_values(x, y).at(sort_.start, sort_.end);
    if (x.is_string()) return compare_text(x.as_string(), y.as_string());
    double a = x.as_number(), b = y.as_number();
    return a == b ? 0 : a < b ? -1 : 1;
  }

  const Node& sort_;
  Context& context_;
  Frame* frame_;
  bool is_tuples_;
};

}  // namespace

Value sort_by(const Node& sort, Context& context, Value input, Frame* frame) {
  Items items(input);
  std::uint32_t count = items.size();
  if (count <= 1) return input;
  std::size_t terms = sort.items.size();
  auto* keyed = context.arena.take_array<Keyed>(count);
  auto* space = context.arena.take_array<Keyed>(count);
  auto* keys = context.arena.take_array<Value>(count * terms);
  for (std::size_t i = 0; i < count * terms; ++i) keys[i] = Value::unbound();
  for (std::uint32_t i = 0; i < count; ++i) keyed[i] = {items[i], keys + i * terms};
  bool is_tuples = input.has(flag_tuples);
  Sorter sorter(sort, context, frame, is_tuples);
  merge_sort(keyed, space, count, [&](const Keyed& a, const Keyed& b) { return sorter.after(a, b); });
  auto* sorted = context.arena.take_array<Value>(count);
  for (std::uint32_t i = 0; i < count; ++i) sorted[i] = keyed[i].item;
  Value result = Value::array(sorted, count, is_tuples ? flag_tuples : 0);
  result.height = input.height;
  return result;
}

}  // namespace waggle::jsonata
