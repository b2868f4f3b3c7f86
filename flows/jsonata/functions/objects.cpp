// Objects: $keys, $lookup, $spread, $merge, $each, $sift, $clone.
#include <unordered_set>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/members.hpp"

namespace waggle::jsonata {

namespace {

void collect_keys(Context& context, Value from, Members& keys) {
  if (from.is_array()) {
    for (std::uint32_t i = 0; i < from.length; ++i) collect_keys(context, from.item(i), keys);
  } else if (from.is_object()) {
    const Object& o = *from.object_;
    context.charge(o.count);
    for (std::uint32_t i = 0; i < o.count; ++i)
      keys.set(o.members[i].name(), o.members[i].hash, Value::boolean(true));
  }
}

Value keys(Call& call) {
  Sequence names(call.context);
  Members members(call.context);
  collect_keys(call.context, call[0], members);
  Value object = members.object();
  for (std::uint32_t i = 0; i < object.size(); ++i) names.push(Value::string(object.key_at(i)));
  return names.sequence();
}

Value lookup_in(Context& context, Value input, std::string_view key, std::uint32_t hash) {
  if (input.is_object()) {
    const Member* found = input.object_->find(key, hash);
    return found ? found->value : Value();
  }
  if (input.tag != Tag::array) return {};
  Sequence result(context);
  for (std::uint32_t i = 0; i < input.length; ++i) {
    context.charge();
    Value found = lookup_in(context, input.items_[i], key, hash);
    if (!found.is_undefined()) result.append(found);
  }
  return result.sequence();
}

Value lookup(Call& call) {
  if (!call.has(1)) return {};
  std::string_view key = call[1].as_string();
  return lookup_in(call.context, call[0], key, key_hash(key));
}

Value spread_of(Context& context, Value from) {
  if (from.is_array()) {
    Sequence result(context);
    for (std::uint32_t i = 0; i < from.length; ++i) {
      Value part = spread_of(context, from.item(i));
      if (!part.is_undefined()) result.append(part);
    }
    return from.length == 0 ? result.sequence() : result.array();
  }
  if (!from.is_object()) return from;
  Sequence result(context);
  const Object& o = *from.object_;
  context.charge(o.count);
  for (std::uint32_t i = 0; i < o.count; ++i) {
    auto* member = context.arena.take_array<Member>(1);
    *member = o.members[i];
    result.push(context.object(member, 1));
  }
  return result.sequence();
}

Value spread(Call& call) { return spread_of(call.context, call[0]); }

Value merge(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  Members members(call.context);
  for (std::uint32_t i = 0; i < list.length; ++i) {
    Value part = list.item(i);
    if (!part.is_object()) continue;
    const Object& o = *part.object_;
    call.context.charge(o.count);
    for (std::uint32_t k = 0; k < o.count; ++k)
      members.set(o.members[k].name(), o.members[k].hash, o.members[k].value);
  }
  return members.object();
}

Value require_function(const Call& call, std::uint32_t index) {
  if (!call[index].is_function())
    throw fault("T0410").with_value(call[index]).with_index(static_cast<int>(index) + 1);
  return call[index];
}

Value each(Call& call) {
  Sequence results(call.context);
  if (!call[0].is_object()) return results.sequence();
  Value function = require_function(call, 1);
  std::uint32_t arity = arity_of(function);
  const Object& o = *call[0].object_;
  for (std::uint32_t i = 0; i < o.count; ++i) {
    Value result = apply_to_item(call.context, function, arity, o.members[i].value,
                                 Value::string(o.members[i].name()), call[0], call.frame);
    if (!result.is_undefined()) results.push(result);
  }
  return results.sequence();
}

Value sift(Call& call) {
  if (!call[0].is_object()) return {};
  const Object& o = *call[0].object_;
  if (o.count == 0) return {};
  Value function = require_function(call, 1);
  std::uint32_t arity = arity_of(function);
  auto* kept = call.context.arena.take_array<Member>(o.count);
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < o.count; ++i) {
    const Member& m = o.members[i];
    if (truthy(apply_to_item(call.context, function, arity, m.value, Value::string(m.name()), call[0],
                             call.frame)))
      kept[count++] = m;
  }
  return count == 0 ? Value() : call.context.object(kept, count);
}

Value clone(Call& call) { return call.has(0) ? clone_value(call.context, call[0]) : Value(); }

constexpr Declaration table[] = {
    {"keys", "<x-:a<s>>", keys, 1},   {"lookup", "<x-s:x>", lookup, 2}, {"spread", "<x-:a<o>>", spread, 1},
    {"merge", "<a<o>:o>", merge, 1},  {"each", "<o-f:a>", each, 2},     {"sift", "<o-f?:o>", sift, 2},
    {"clone", "<(oa)-:o>", clone, 1},
};

}  // namespace

Family object_functions() { return table; }

}  // namespace waggle::jsonata
