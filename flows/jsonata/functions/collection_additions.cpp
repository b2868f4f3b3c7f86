// Additions for arrays and objects: $array, $first, $last, $chunk, $flatten, $range, $values, $pick, $omit,
// $groupBy, $indexBy, $table.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/members.hpp"

namespace waggle::jsonata {

namespace {

Value array(Call& call) {
  Value v = call[0];
  if (v.is_undefined()) return Value::array(nullptr, 0);
  if (!v.is_array()) return call.context.array_of(v);
  v.flags = 0;
  return v;
}

Value first(Call& call) { return call.has(0) && call[0].length > 0 ? call[0].item(0) : Value(); }
Value last(Call& call) {
  return call.has(0) && call[0].length > 0 ? call[0].item(call[0].length - 1) : Value();
}

Value chunk(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  double wanted = call.has(1) ? std::trunc(call[1].as_number()) : 0;
  if (!(wanted >= 1)) throw fault("T0410").with_value(call[1]).with_index(2);
  auto size = static_cast<std::uint32_t>(std::min(wanted, 4e9));
  Sequence chunks(call.context);
  for (std::uint32_t i = 0; i < list.length; i += size) {
    std::uint32_t count = std::min(size, list.length - i);
    call.context.charge(count);
    auto* items = call.context.arena.take_array<Value>(count);
    for (std::uint32_t k = 0; k < count; ++k) items[k] = list.item(i + k);
    chunks.push(call.context.array(items, count));
    if (list.length - i <= size) break;
  }
  return chunks.array();
}

void flatten_into(Context& context, Value list, double levels, Sequence& out) {
  for (std::uint32_t i = 0; i < list.length; ++i) {
    context.charge();
    Value item = list.item(i);
    if (item.is_array() && levels > 0) {
      flatten_into(context, item, levels - 1, out);
    } else {
      out.push(item);
    }
  }
}

Value flatten(Call& call) {
  if (!call.has(0)) return {};
  Sequence out(call.context);
  flatten_into(call.context, call[0], call.has(1) ? call[1].as_number() : 1, out);
  return out.array();
}

Value range(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  double from = call[0].as_number(), to = call[1].as_number(), step = call.has(2) ? call[2].as_number() : 1;
  if (step == 0 || !std::isfinite(step)) throw fault("T0410").with_value(call[2]).with_index(3);
  double count = std::floor((to - from) / step) + 1;
  if (!(count > 0)) return Value::array(nullptr, 0);
  call.context.check_items(static_cast<std::uint64_t>(std::min(count, 1e15)));
  call.context.charge(static_cast<std::uint64_t>(count));
  Sequence out(call.context);
  for (double i = 0; i < count; ++i) out.push(Value::number(from + i * step));
  return out.array();
}

Value values(Call& call) {
  if (!call[0].is_object()) return {};
  Sequence out(call.context);
  call.context.charge(call[0].size());
  for (std::uint32_t i = 0; i < call[0].size(); ++i) out.push(call[0].value_at(i));
  return out.array();
}

bool is_among(std::string_view name, Value names) {
  for (std::uint32_t i = 0; i < names.length; ++i)
    if (names.item(i).as_string() == name) return true;
  return false;
}

Value select_members(Context& context, Value from, Value names, bool wanted) {
  if (from.is_array()) {
    Sequence out(context);
    for (std::uint32_t i = 0; i < from.length; ++i)
      out.push(select_members(context, from.item(i), names, wanted));
    return out.array();
  }
  if (!from.is_object()) return from;
  const Object& o = *from.object_;
  auto* kept = context.arena.take_array<Member>(o.count);
  std::uint32_t count = 0;
  context.charge(std::uint64_t{o.count} * (names.length + 1));
  for (std::uint32_t i = 0; i < o.count; ++i)
    if (is_among(o.members[i].name(), names) == wanted) kept[count++] = o.members[i];
  return context.object(kept, count);
}

Value pick(Call& call) {
  return call.has(1) ? select_members(call.context, call[0], call[1], true) : call[0];
}
Value omit(Call& call) {
  return call.has(1) ? select_members(call.context, call[0], call[1], false) : call[0];
}

Value key_of(Call& call, Value item, std::uint32_t position) {
  Value key = call[1].is_string() ? item.find(call[1].as_string())
                                  : apply_to_item(call.context, call[1], arity_of(call[1]), item,
                                                  Value::number(position), call[0], call.frame);
  return key.is_undefined() || key.is_null() ? Value() : to_string_value(call.context, key);
}

Value group(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  Members groups(call.context);
  std::vector<std::vector<Value>> items;
  for (std::uint32_t i = 0; i < call[0].length; ++i) {
    call.context.charge();
    Value key = key_of(call, call[0].item(i), i);
    if (key.is_undefined()) continue;
    const Value* slot = groups.find(key.as_string());
    if (!slot) {
      groups.set(key.as_string(), Value::number(static_cast<double>(items.size())));
      items.emplace_back();
      slot = groups.find(key.as_string());
    }
    items[static_cast<std::size_t>(slot->as_number())].push_back(call[0].item(i));
  }
  Value result = groups.object();
  auto* members = call.context.arena.take_array<Member>(result.size());
  for (std::uint32_t i = 0; i < result.size(); ++i) {
    members[i] = result.object_->members[i];
    const auto& list = items[static_cast<std::size_t>(members[i].value.as_number())];
    members[i].value = call.context.array(list.data(), static_cast<std::uint32_t>(list.size()));
  }
  return call.context.object(members, result.size());
}

Value index(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  Members result(call.context);
  for (std::uint32_t i = 0; i < call[0].length; ++i) {
    call.context.charge();
    Value key = key_of(call, call[0].item(i), i);
    if (!key.is_undefined()) result.set(key.as_string(), call[0].item(i));
  }
  return result.object();
}

/// A table is an object (looked up by name) or an array of rows (looked up by their first column).
Value table_lookup(Call& call) {
  if (!call.has(0)) return {};
  Value found = call.context.tables.find(call[0].as_string());
  if (found.is_undefined())
    throw fault("W2003").with_value(call[0]).with_text("there is no table " + json_for_message(call[0]) +
                                                       "; tables are files in tables/");
  if (call.given < 2) return found;
  if (!call.has(1)) return {};
  Value key = to_string_value(call.context, call[1]);
  if (found.is_object()) return found.find(key.as_string());
  call.context.charge(found.is_array() ? found.length : 1);
  for (std::uint32_t i = 0; found.is_array() && i < found.length; ++i) {
    Value row = found.item(i);
    if (!row.is_object() || row.size() == 0) continue;
    Value own = to_string_value(call.context, row.value_at(0));
    if (own.is_string() && own.as_string() == key.as_string()) return row;
  }
  return {};
}

constexpr Example array_examples[] = {
    {"$array(missing)", "[]"}, {"$array(1)", "[1]"}, {"$array([1, 2])", "[1,2]"}};
constexpr Example first_examples[] = {{"$first([3, 4])", "3"}, {"$first([])", ""}};
constexpr Example last_examples[] = {{"$last([3, 4])", "4"}};
constexpr Example chunk_examples[] = {{"$chunk([1, 2, 3, 4, 5], 2)", "[[1,2],[3,4],[5]]"},
                                      {"$chunk([1], 0)", "!T0410"}};
constexpr Example flatten_examples[] = {{"$flatten([1, [2, [3]]])", "[1,2,[3]]"},
                                        {"$flatten([1, [2, [3]]], 2)", "[1,2,3]"}};
constexpr Example range_examples[] = {{"$range(1, 9, 4)", "[1,5,9]"}, {"$range(3, 1, -1)", "[3,2,1]"}};
constexpr Example values_examples[] = {{"$values({'a': 1, 'b': [2]})", "[1,[2]]"}};
constexpr Example pick_examples[] = {{"$pick({'a': 1, 'b': 2, 'c': 3}, ['a', 'c'])", "{\"a\":1,\"c\":3}"}};
constexpr Example omit_examples[] = {{"$omit({'a': 1, 'b': 2, 'c': 3}, 'b')", "{\"a\":1,\"c\":3}"}};
constexpr Example group_examples[] = {
    {"$groupBy([{'k': 'x', 'n': 1}, {'k': 'y', 'n': 2}, {'k': 'x', 'n': 3}], 'k').x.n", "[1,3]"},
    {"$groupBy([1, 2, 3], function($n) { $n % 2 = 0 ? 'even' : 'odd' })", "{\"odd\":[1,3],\"even\":[2]}"}};
constexpr Example index_examples[] = {
    {"$indexBy([{'id': 7, 'n': 'a'}, {'id': 8, 'n': 'b'}], 'id').`8`.n", "\"b\""}};
constexpr Example table_examples[] = {{"$table('countries', 'DE').name", "\"Germany\""},
                                      {"$table('rates', 'reduced')", "7"},
                                      {"$table('nowhere', 'x')", "!W2003"},
                                      {"$table('rates', 'none')", ""}};

constexpr Declaration table[] = {
    {"array", "<x:a>", array, 1, "Always an array: [] for missing, [x] for a single value.", array_examples},
    {"first", "<a:x>", first, 1, "The first item, or nothing.", first_examples},
    {"last", "<a:x>", last, 1, "The last item, or nothing.", last_examples},
    {"chunk", "<an:a>", chunk, 2, "An array cut into arrays of n items.", chunk_examples},
    {"partition", "<an:a>", chunk, 2, "The same as $chunk."},
    {"flatten", "<an?:a>", flatten, 2, "Nested arrays opened by n levels, one if not said.",
     flatten_examples},
    {"range", "<nnn?:a>", range, 3, "Numbers from, to and by a step.", range_examples},
    {"values", "<o:a>", values, 1, "The values of an object.", values_examples},
    {"pick", "<xa<s>:x>", pick, 2, "An object (or each of an array) with only the named members.",
     pick_examples},
    {"omit", "<xa<s>:x>", omit, 2, "An object (or each of an array) without the named members.",
     omit_examples},
    {"groupBy", "<a(sf):o>", group, 2,
     "Arrays of the items that share a key; the key is a member's name or a function.", group_examples},
    {"indexBy", "<a(sf):o>", index, 2, "The items by their key; the last one wins.", index_examples},
    {"table", "<sx?:x>", table_lookup, 2, "A table of the project, or its entry for a key.", table_examples},
};

}  // namespace

Family collection_addition_functions() { return table; }

}  // namespace waggle::jsonata
