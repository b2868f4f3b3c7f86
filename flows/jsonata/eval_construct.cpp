// Constructors of arrays and objects, and group-by, which is an object constructor over many items.
#include <unordered_map>

#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

Value append_values(Context& context, Value first, Value second) {
  if (first.is_undefined()) return second;
  if (second.is_undefined()) return first;
  context.check_items(std::uint64_t{Items(first).size()} + Items(second).size());
  context.charge(Items(first).size() + Items(second).size());
  Sequence result(context);
  result.append(first);
  result.append(second);
  return result.array();
}

Value evaluate_array(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  std::uint8_t flags = node.cons_array ? flag_cons : 0;
  Value result;
  if (node.items.size() == 1 && node.items[0]->kind == Kind::binary && node.items[0]->op == Op::range) {
    Value range = run(*node.items[0], context, input, frame);
    if (range.tag == Tag::range) {  // stays unwritten: [1..1000000] costs nothing until its items are used
      range.flags = flags;
      context.leave();
      return range;
    }
    result = range.is_undefined() ? Value::array(nullptr, 0, flags) : context.array(&range, 1, flags);
  } else {
    Sequence items(context);
    for (const Node* item : node.items) {
      Value value = run(*item, context, input, frame);
      if (value.is_undefined()) continue;
      if (item->kind == Kind::array) {
        items.push(value);
      } else {
        items.append(value);
      }
    }
    result = items.array(flags);
  }
  context.leave();
  return collapse(result, node.keep_array);
}

namespace {

/// The items of one group, and which pair made its key.
struct Group {
  std::string_view key;
  std::size_t pair;
  Value data;  ///< the only item, until there is a second
  Value* items = nullptr;
  std::uint32_t count = 0, capacity = 0;
};

void add_item(Context& context, Group& group, Value item) {
  if (group.count == group.capacity) {
    context.check_items(std::uint64_t{group.count} + 1);
    group.capacity = group.capacity ? group.capacity * 2 : 8;
    auto* larger = context.arena.take_array<Value>(group.capacity);
    std::copy(group.items, group.items + group.count, larger);
    group.items = larger;
  }
  group.items[group.count++] = item;
}

void add_flat(Context& context, Group& group, Value value) {
  Items items(value);
  for (std::uint32_t i = 0, n = items.size(); i < n; ++i) add_item(context, group, items[i]);
}

void add(Context& context, Group& group, Value item) {
  if (item.is_undefined()) return;
  if (group.items == nullptr) {
    if (group.data.is_undefined()) {
      group.data = item;
      return;
    }
    add_flat(context, group, group.data);
  }
  add_flat(context, group, item);
}

/// Joins the tuples of a group into one: each name holds all its values.
Tuple* joined_tuple(Context& context, Value data) {
  if (!data.is_array()) return data.tuple_;
  auto* result = context.arena.make<Tuple>();
  const Tuple& first = *data.items_[0].tuple_;
  Frame names{};
  for (std::uint32_t b = 0; b < first.count; ++b)
    context.bind(names, first.bindings[b].symbol, first.bindings[b].value);
  Group at{"", 0, first.at};
  std::vector<Group> values;
  for (std::uint32_t b = 0; b < names.count; ++b) values.push_back({"", 0, names.bindings[b].value});
  for (std::uint32_t i = 1; i < data.length; ++i) {
    const Tuple& tuple = *data.items_[i].tuple_;
    add(context, at, tuple.at);
    for (std::uint32_t b = 0; b < tuple.count; ++b) {
      std::uint32_t slot = 0;
      while (slot < names.count && names.bindings[slot].symbol != tuple.bindings[b].symbol) ++slot;
      if (slot == names.count) {
        context.bind(names, tuple.bindings[b].symbol, Value());
        values.push_back({"", 0, Value()});
      }
      add(context, values[slot], tuple.bindings[b].value);
    }
  }
  auto whole = [&](Group& g) { return g.items ? context.array(g.items, g.count) : g.data; };
  result->at = whole(at);
  for (std::uint32_t b = 0; b < names.count; ++b) names.bindings[b].value = whole(values[b]);
  result->bindings = names.bindings;
  result->count = names.count;
  return result;
}

class Grouping {
 public:
  Grouping(const Node& node, Context& context, Value input, Frame* frame)
      : node_(node),
        context_(context),
        input_(input),
        frame_(frame),
        is_tuples_(input.is_array() && input.has(flag_tuples)) {}

  Value result() {
    collect();
    auto* members = context_.arena.take_array<Member>(groups_.size());
    std::uint32_t count = 0;
    for (Group& group : groups_) {
      Value value = value_of(group);
      if (value.is_undefined()) continue;
      members[count++] = {group.key.data(), static_cast<std::uint32_t>(group.key.size()), key_hash(group.key),
                          value};
    }
    return context_.object(members, count);
  }

 private:
  void collect() {
    Items items(input_);
    std::uint32_t count = items.size();
    // An empty array still makes one object, so that a literal does not depend on the input.
    if (count == 0 && !is_tuples_) return add_to_groups(Value());
    for (std::uint32_t i = 0; i < count; ++i) add_to_groups(items[i]);
  }

  void add_to_groups(Value item) {
    context_.charge();
    Frame* frame = is_tuples_ ? frame_of(*item.tuple_, context_, frame_) : frame_;
    Value at = is_tuples_ ? item.tuple_->at : item;
    for (std::size_t p = 0; p < node_.pairs.size(); ++p) {
      Value key = run(*node_.pairs[p].first, context_, at, frame);
      if (key.is_undefined()) continue;
      if (!key.is_string()) throw fault("T1003").with_value(key).at(node_.start, node_.end);
      if (key.as_string() == "_jsonata_lambda" || key.as_string() == "_jsonata_function")
        throw fault("D1013").with_value(key).at(node_.start, node_.end);
      Group* group = find(key.as_string());
      if (!group) {
        if (groups_.size() >= scanned_groups) index_[key.as_string()] = groups_.size();
        groups_.push_back({key.as_string(), p, item});
        if (groups_.size() == scanned_groups)
          for (std::size_t g = 0; g < groups_.size(); ++g) index_[groups_[g].key] = g;
        continue;
      }
      if (group->pair != p) throw fault("D1009").with_value(key).at(node_.start, node_.end);
      add(context_, *group, item);
    }
  }

  Group* find(std::string_view key) {
    if (groups_.size() >= scanned_groups) {
      auto found = index_.find(key);
      return found == index_.end() ? nullptr : &groups_[found->second];
    }
    for (Group& group : groups_)
      if (group.key == key) return &group;
    return nullptr;
  }

  Value value_of(Group& group) {
    const Node& expression = *node_.pairs[group.pair].second;
    Value data = group.items ? context_.array(group.items, group.count) : group.data;
    if (!is_tuples_) return run(expression, context_, data, frame_);
    Tuple* tuple = joined_tuple(context_, data);
    Value at = tuple->at;
    // The reference takes the context out of a tuple that stands alone, so a second pair no longer sees it.
    tuple->at = Value();
    return run(expression, context_, at, frame_of(*tuple, context_, frame_));
  }

  static constexpr std::size_t scanned_groups = 16;  // above, a hash map is faster than a scan

  const Node& node_;
  Context& context_;
  Value input_;
  Frame* frame_;
  bool is_tuples_;
  std::vector<Group> groups_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace

Value group_by(const Node& group, Context& context, Value input, Frame* frame) {
  return Grouping(group, context, input, frame).result();
}

Value evaluate_object(const Node& node, Context& context, Value input, Frame* frame) {
  context.enter();
  Value result = Grouping(node, context, input, frame).result();
  context.leave();
  return result;
}

}  // namespace waggle::jsonata
