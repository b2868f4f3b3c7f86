// The stage between parser and evaluator: flattens `a.b.c` into paths with steps, moves predicates onto
// steps, finds which step each `%` means and marks calls in tail position. Rules as in JSONata 2.2.2 (its
// post-parse stage, read 2026-11).
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/parser.hpp"

namespace waggle::jsonata {

namespace {

class Processor {
 public:
  explicit Processor(Program& program) : program_(program) {}

  Node* process(Node* node) {
    Node* result = dispatch(node);
    if (node->keep_array) result->keep_array = true;
    return result;
  }

 private:
  Node* dispatch(Node* node) {
    switch (node->kind) {
      case Kind::dot:
        return dot(node);
      case Kind::filter:
        return filter(node);
      case Kind::group:
        return group(node);
      case Kind::order:
        return order(node);
      case Kind::assign:
        return assign(node);
      case Kind::focus:
        return focus(node);
      case Kind::index:
        return index(node);
      case Kind::apply:
        return apply(node);
      case Kind::binary:
        return binary(node);
      case Kind::negate:
        return negate(node);
      case Kind::array:
        return each_item(node);
      case Kind::object:
        return object(node);
      case Kind::call:
      case Kind::partial:
        return call(node);
      case Kind::lambda:
        return lambda(node);
      case Kind::condition:
        return condition(node);
      case Kind::transform:
        return transform(node);
      case Kind::block:
        return block(node);
      case Kind::keyword:
        return name(node);
      case Kind::name:
        return name(node);
      case Kind::parent:
        return parent(node);
      case Kind::end:
        throw fault("S0207").with_token("(end)").at(node->start, node->end);
      default:
        return node;
    }
  }

  Node* path_of(Node* step) {
    Node* path = program_.make(Kind::path, step->start, step->end, step->text);
    path->items.push_back(step);
    return path;
  }

  Node* name(Node* node) {
    node->kind = Kind::name;
    Node* path = path_of(node);
    path->keep_singleton = node->keep_array;
    return path;
  }

  Node* parent(Node* node) {
    node->slot = &program_.slots.emplace_back(Slot{program_.fresh_symbol(), 1});
    return node;
  }

  Node* dot(Node* node) {
    Node* left = process(node->lhs);
    Node* result = left->kind == Kind::path ? left : path_of(left);
    if (left->kind == Kind::parent) result->seeking = {left->slot};
    Node* rest = process(node->rhs);
    if (rest->kind == Kind::path) {
      result->items.insert(result->items.end(), rest->items.begin(), rest->items.end());
    } else {
      if (!rest->predicates.empty()) rest->stages = std::move(rest->predicates), rest->predicates.clear();
      result->items.push_back(rest);
    }
    result->end = rest->end;
    for (Node* step : result->items) {
      if (step->kind == Kind::number || step->kind == Kind::value)
        throw fault("S0213").with_value(step->literal).at(step->start, step->end);
      if (step->kind == Kind::string) step->kind = Kind::name;
      if (step->keep_array) result->keep_singleton = true;
    }
    if (result->items.front()->kind == Kind::array) result->items.front()->cons_array = true;
    if (result->items.back()->kind == Kind::array) result->items.back()->cons_array = true;
    resolve_ancestry(result);
    return result;
  }

  Node* filter(Node* node) {
    Node* result = process(node->lhs);
    bool in_path = result->kind == Kind::path;
    Node* step = in_path ? result->items.back() : result;
    if (step->group) throw fault("S0209").at(node->start, node->end);
    Node* predicate = process(node->rhs);
    if (!predicate->seeking.empty()) {
      for (Slot* slot : predicate->seeking) {
        if (slot->level == 1) {
          seek_parent(step, slot);
        } else {
          --slot->level;
        }
      }
      push_ancestry(step, predicate);
    }
    (in_path ? step->stages : step->predicates).push_back({predicate});
    return result;
  }

  Node* group(Node* node) {
    Node* result = process(node->lhs);
    if (result->group) throw fault("S0210").at(node->start, node->end);
    for (auto& [key, value] : node->pairs) {
      key = process(key);
      value = process(value);
    }
    result->group = node;
    return result;
  }

  Node* order(Node* node) {
    Node* result = process(node->lhs);
    if (result->kind != Kind::path) result = path_of(result);
    Node* sort = program_.make(Kind::sort, node->start, node->end, node->text);
    sort->items = std::move(node->items);
    for (Node* term : sort->items) {
      term->lhs = process(term->lhs);
      push_ancestry(sort, term->lhs);
    }
    result->items.push_back(sort);
    resolve_ancestry(result);
    return result;
  }

  Node* assign(Node* node) {
    node->kind = Kind::bind;
    node->lhs = process(node->lhs);
    node->rhs = process(node->rhs);
    node->symbol = program_.intern(node->lhs->text);
    push_ancestry(node, node->rhs);
    return node;
  }

  Node* focus(Node* node) {
    Node* result = process(node->lhs);
    Node* step = result->kind == Kind::path ? result->items.back() : result;
    if (!step->stages.empty() || !step->predicates.empty()) throw fault("S0215").at(node->start, node->end);
    if (step->kind == Kind::sort) throw fault("S0216").at(node->start, node->end);
    if (node->keep_array) step->keep_array = true;
    step->focus = program_.intern(node->rhs->text);
    step->tuple = true;
    return result;
  }

  Node* index(Node* node) {
    Node* result = process(node->lhs);
    Node* step = result;
    if (result->kind == Kind::path) {
      step = result->items.back();
    } else {
      result = path_of(result);
      if (!step->predicates.empty()) step->stages = std::move(step->predicates), step->predicates.clear();
    }
    Symbol symbol = program_.intern(node->rhs->text);
    if (step->stages.empty()) {
      step->index = symbol;
    } else {
      step->stages.push_back({nullptr, symbol});
    }
    step->tuple = true;
    return result;
  }

  Node* apply(Node* node) {
    node->lhs = process(node->lhs);
    node->rhs = process(node->rhs);
    node->keep_array = node->keep_array || node->lhs->keep_array || node->rhs->keep_array;
    return node;
  }

  Node* binary(Node* node) {
    node->lhs = process(node->lhs);
    node->rhs = process(node->rhs);
    push_ancestry(node, node->lhs);
    push_ancestry(node, node->rhs);
    return node;
  }

  Node* negate(Node* node) {
    node->lhs = process(node->lhs);
    if (node->lhs->kind == Kind::number) {
      node->lhs->literal.number_ = -node->lhs->literal.number_;
      return node->lhs;
    }
    push_ancestry(node, node->lhs);
    return node;
  }

  Node* each_item(Node* node) {
    for (Node*& item : node->items) {
      item = process(item);
      push_ancestry(node, item);
    }
    return node;
  }

  Node* object(Node* node) {
    for (auto& [key, value] : node->pairs) {
      key = process(key);
      push_ancestry(node, key);
      value = process(value);
      push_ancestry(node, value);
    }
    return node;
  }

  Node* call(Node* node) {
    each_item(node);
    node->lhs = process(node->lhs);
    return node;
  }

  Node* lambda(Node* node) {
    for (Node* parameter : node->items) node->bound.push_back(program_.intern(parameter->text));
    mark_tail_calls(node->lhs = process(node->lhs));
    return node;
  }

  Node* condition(Node* node) {
    for (Node** part : {&node->lhs, &node->rhs, &node->third}) {
      if (!*part) continue;
      *part = process(*part);
      push_ancestry(node, *part);
    }
    return node;
  }

  Node* transform(Node* node) {
    for (Node** part : {&node->lhs, &node->rhs, &node->third})
      if (*part) *part = process(*part);
    return node;
  }

  Node* block(Node* node) {
    for (Node*& item : node->items) {
      item = process(item);
      push_ancestry(node, item);
      if (item->cons_array || (item->kind == Kind::path && item->items.front()->cons_array))
        node->cons_array = true;
    }
    return node;
  }

  void mark_tail_calls(Node* node) {
    // What stands behind a call (a predicate, a group, []) still works on its result.
    if (!node->predicates.empty() || node->group || node->keep_array) return;
    switch (node->kind) {
      case Kind::call:
        node->thunk = true;
        return;
      case Kind::condition:
        mark_tail_calls(node->rhs);
        if (node->third) mark_tail_calls(node->third);
        return;
      case Kind::block:
        if (!node->items.empty()) mark_tail_calls(node->items.back());
        return;
      default:
        return;
    }
  }

  void push_ancestry(Node* result, Node* value) {
    if (value->seeking.empty() && value->kind != Kind::parent) return;
    result->seeking.insert(result->seeking.end(), value->seeking.begin(), value->seeking.end());
    if (value->kind == Kind::parent) result->seeking.push_back(value->slot);
  }

  /// Looks for the step that provides `slot`'s ancestor in `node`, which precedes the `%`.
  void seek_parent(Node* node, Slot* slot) {
    switch (node->kind) {
      case Kind::name:
      case Kind::wildcard:
        if (--slot->level > 0) return;
        if (node->ancestor) slot->label = node->ancestor->label;
        node->ancestor = slot;
        node->tuple = true;
        return;
      case Kind::parent:
        ++slot->level;
        return;
      case Kind::block:
        if (node->items.empty()) return;
        node->tuple = true;
        seek_parent(node->items.back(), slot);
        return;
      case Kind::path: {
        node->tuple = true;
        std::size_t i = node->items.size();
        do seek_parent(node->items[--i], slot);
        while (slot->level > 0 && i > 0);
        return;
      }
      default:
        throw fault("S0217").with_token(kind_word(node->kind)).at(node->start, node->end);
    }
  }

  void resolve_ancestry(Node* path) {
    Node* last = path->items.back();
    std::vector<Slot*> slots = last->seeking;
    if (last->kind == Kind::parent) slots.push_back(last->slot);
    for (Slot* slot : slots) {
      auto i = static_cast<std::ptrdiff_t>(path->items.size()) - 2;
      while (slot->level > 0) {
        if (i < 0) {
          path->seeking.push_back(slot);
          break;
        }
        Node* step = path->items[static_cast<std::size_t>(i--)];
        while (i >= 0 && step->focus != no_symbol &&
               path->items[static_cast<std::size_t>(i)]->focus != no_symbol)
          step = path->items[static_cast<std::size_t>(i--)];
        seek_parent(step, slot);
      }
    }
  }

  Program& program_;
};

}  // namespace

void process_program(Program& program) {
  program.root = Processor(program).process(program.root);
  const Node* root = program.root;
  if (root->kind == Kind::parent || !root->seeking.empty())
    throw fault("S0217").with_token(kind_word(root->kind)).at(root->start, root->end);
}

}  // namespace waggle::jsonata
