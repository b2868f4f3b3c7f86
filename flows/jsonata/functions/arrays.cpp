// Arrays: $count, $append, $reverse, $sort, $shuffle, $distinct, $zip.
#include <cmath>
#include <unordered_map>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/text.hpp"
#include "flows/jsonata/value_hash.hpp"

namespace waggle::jsonata {

namespace {

Value count(Call& call) { return Value::number(call.has(0) ? call[0].length : 0); }

Value append(Call& call) { return append_values(call.context, call[0], call[1]); }

Value reverse(Call& call) {
  Value list = call[0];
  if (list.is_undefined() || list.length <= 1) return list;
  call.context.charge(list.length);
  call.context.check_items(list.length);
  auto* items = call.context.arena.take_array<Value>(list.length);
  for (std::uint32_t i = 0; i < list.length; ++i) items[list.length - 1 - i] = list.item(i);
  Value result = Value::array(items, list.length);
  result.height = list.height;
  return result;
}

/// What JavaScript's `if` makes of a comparator's answer: an empty array counts as true there.
bool js_true(Value v) {
  switch (v.tag) {
    case Tag::boolean:
      return v.as_boolean();
    case Tag::number:
      return v.as_number() != 0 && !std::isnan(v.as_number());
    case Tag::string:
      return v.length > 0;
    case Tag::undefined:
    case Tag::null:
      return false;
    default:
      return true;
  }
}

bool all_are(Value list, Tag tag) {
  for (std::uint32_t i = 0; i < list.length; ++i)
    if (list.item(i).tag != tag) return false;
  return true;
}

Value sort(Call& call) {
  Value list = call[0];
  if (list.is_undefined() || list.length <= 1) return list;
  Context& context = call.context;
  std::uint32_t n = list.length;
  context.check_items(n);
  context.charge(n);
  auto* items = context.arena.take_array<Value>(n);
  auto* space = context.arena.take_array<Value>(n);
  for (std::uint32_t i = 0; i < n; ++i) items[i] = list.item(i);
  if (call.has(1)) {
    merge_sort(items, space, n, [&](Value a, Value b) {
      Value pair[2] = {a, b};
      context.charge();
      return js_true(apply(context, call[1], pair, 2, Value::null(), call.frame));
    });
  } else if (all_are(list, Tag::number)) {
    merge_sort(items, space, n,
               [&](Value a, Value b) { return context.charge(), a.as_number() > b.as_number(); });
  } else if (all_are(list, Tag::string)) {
    merge_sort(items, space, n, [&](Value a, Value b) {
      return context.charge(), compare_text(a.as_string(), b.as_string()) > 0;
    });
  } else {
    throw fault("D3070").with_index(1);
  }
  Value result = Value::array(items, n);
  result.height = list.height;
  return result;
}

/// Fisher and Yates' shuffle, inside out; the same seed gives the same order.
Value shuffle(Call& call) {
  Value list = call[0];
  if (list.is_undefined() || list.length <= 1) return list;
  call.context.charge(list.length);
  call.context.check_items(list.length);
  auto* items = call.context.arena.take_array<Value>(list.length);
  for (std::uint32_t i = 0; i < list.length; ++i) {
    auto j = static_cast<std::uint32_t>(call.context.random_fraction() * (i + 1));
    items[i] = items[j];
    items[j] = list.item(i);
  }
  Value result = Value::array(items, list.length);
  result.height = list.height;
  return result;
}

Value distinct(Call& call) {
  Value list = call[0];
  if (!list.is_array() || list.length <= 1 || list.tag == Tag::range) return list;
  Context& context = call.context;
  Sequence kept(context);
  std::unordered_multimap<std::uint64_t, std::uint32_t> seen;
  for (std::uint32_t i = 0; i < list.length; ++i) {
    Value item = list.items_[i];
    std::uint64_t hash = value_hash(context, item);
    bool known = false;
    auto [from, to] = seen.equal_range(hash);
    for (auto at = from; at != to && !known; ++at) {
      context.charge();
      known = equal_values(context, kept[at->second], item);
    }
    if (known) continue;
    seen.emplace(hash, kept.size());
    kept.push(item);
  }
  return kept.array(list.flags & flag_sequence);
}

Value zip(Call& call) {
  std::uint32_t shortest = call.count == 0 ? 0 : UINT32_MAX;
  for (std::uint32_t a = 0; a < call.count; ++a)
    shortest = std::min(shortest, call[a].is_array() ? call[a].length : 0);
  Sequence rows(call.context);
  for (std::uint32_t i = 0; i < shortest; ++i) {
    call.context.charge(call.count);
    auto* row = call.context.arena.take_array<Value>(call.count);
    for (std::uint32_t a = 0; a < call.count; ++a) row[a] = call[a].item(i);
    rows.push(call.context.array(row, call.count));
  }
  return rows.array();
}

constexpr Declaration table[] = {
    {"count", "<a:n>", count, 1}, {"append", "<xx:a>", append, 2},  {"reverse", "<a:a>", reverse, 1},
    {"sort", "<af?:a>", sort, 2}, {"shuffle", "<a:a>", shuffle, 1}, {"distinct", "<x:x>", distinct, 1},
    {"zip", "<a+>", zip, 0},
};

}  // namespace

Family array_functions() { return table; }

}  // namespace waggle::jsonata
