// The last stage of compiling: every node gets the function that evaluates it, names get their hashes,
// variables the built-in function they may mean, blocks and lambdas the list of names set inside; and what
// the expression reads from its input is collected for `check`.
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/fast.hpp"
#include "flows/jsonata/parser.hpp"

namespace waggle::jsonata {

namespace {

EvaluateFn function_of(const Node& node) {
  switch (node.kind) {
    case Kind::path:
      return evaluate_path;
    case Kind::binary:
      return evaluate_binary;
    case Kind::negate:
      return evaluate_negate;
    case Kind::array:
      return evaluate_array;
    case Kind::object:
      return evaluate_object;
    case Kind::name:
      return evaluate_name;
    case Kind::wildcard:
      return evaluate_wildcard;
    case Kind::descendant:
      return evaluate_descendants;
    case Kind::parent:
      return evaluate_parent;
    case Kind::condition:
      return evaluate_condition;
    case Kind::block:
      return evaluate_block;
    case Kind::bind:
      return evaluate_bind;
    case Kind::regex:
      return evaluate_regex;
    case Kind::call:
      return node.thunk ? evaluate_tail_call : evaluate_call;
    case Kind::partial:
      return evaluate_partial;
    case Kind::variable:
      return node.text.empty()  ? evaluate_context
             : node.text == "$" ? evaluate_whole_input
                                : evaluate_variable;
    case Kind::lambda:
      return evaluate_lambda;
    case Kind::apply:
      return evaluate_apply;
    case Kind::transform:
      return evaluate_transform;
    default:
      return evaluate_literal;
  }
}

class Resolver {
 public:
  explicit Resolver(Program& program) : program_(program) {}

  /// Visits the tree below `node`. `scope` collects the names set directly in the enclosing block or lambda.
  /// `at_root`: the context is still the expression's input. Returns whether a closure is made inside.
  bool visit(Node* node, std::vector<Symbol>* scope, bool at_root) {
    if (!node) return false;
    bool closure = node->kind == Kind::lambda || node->kind == Kind::transform;
    switch (node->kind) {
      case Kind::name:
        node->hash = key_hash(node->text);
        if (!program_.options.allow_fast_paths) node->hint.store(no_hint, std::memory_order_relaxed);
        break;
      case Kind::variable:
        closure |= variable(node);
        break;
      case Kind::path:
        closure |= path(node, scope, at_root);
        break;
      case Kind::bind:
        scope->push_back(node->symbol);
        program_.bound.insert(node->symbol);
        closure |= visit(node->rhs, scope, at_root);
        break;
      case Kind::block:
        closure |= block(node, at_root);
        break;
      case Kind::lambda:
        lambda(node);
        break;
      case Kind::transform:
        transform(node, scope, at_root);
        break;
      default:
        closure |= children(node, scope, at_root);
    }
    closure |= trailers(node, scope);
    node->evaluate = function_of(*node);
    bool has_trailers = !node->predicates.empty() || (node->group && node->kind != Kind::path);
    node->plain = !has_trailers && !node->keep_array;
    if (has_trailers) {
      node->general = node->evaluate;
      node->evaluate = evaluate_wrapped;
    }
    return closure;
  }

 private:
  bool variable(Node* node) {
    if (node->text.empty() || node->text == "$") return false;
    node->symbol = program_.intern(node->text);
    node->builtin = find_builtin(node->text);
    if (node->builtin && node->text == "eval") return true;
    if (!node->builtin && !program_.bound.count(node->symbol))
      program_.free_variables.push_back({std::string(node->text), {}, node->start, 0});
    return false;
  }

  bool children(Node* node, std::vector<Symbol>* scope, bool at_root) {
    bool closure = visit(node->lhs, scope, at_root);
    closure |= visit(node->rhs, scope, at_root);
    closure |= visit(node->third, scope, at_root);
    // An object constructor's context is an item of the input: the input itself unless that is an array.
    for (Node* item : node->items) closure |= visit(item, scope, at_root);
    for (auto& [key, value] : node->pairs) {
      closure |= visit(key, scope, at_root);
      closure |= visit(value, scope, at_root);
    }
    return closure;
  }

  bool path(Node* node, std::vector<Symbol>* scope, bool at_root) {
    if (at_root) note_name(*node);
    bool closure = false, first = true;
    for (Node* step : node->items) {
      if (step->focus != no_symbol) program_.bound.insert(step->focus);
      if (step->index != no_symbol) program_.bound.insert(step->index);
      for (Stage& stage : step->stages)
        if (stage.index != no_symbol) program_.bound.insert(stage.index);
    }
    for (Node* step : node->items) {
      if (step->kind == Kind::sort) {
        for (Node* term : step->items) closure |= visit(term->lhs, scope, false);
      } else {
        closure |= visit(step, scope, at_root && first);
      }
      for (Stage& stage : step->stages) closure |= visit(stage.filter, scope, false);
      first = false;
    }
    return closure;
  }

  bool block(Node* node, bool at_root) {
    bool closure = false;
    for (Node* item : node->items) closure |= visit(item, &node->bound, at_root);
    node->captures = closure;
    return closure;
  }

  void lambda(Node* node) {
    for (Symbol parameter : node->bound) program_.bound.insert(parameter);
    std::vector<Symbol> set_inside;
    node->captures = visit(node->lhs, &set_inside, false);
  }

  void transform(Node* node, std::vector<Symbol>* scope, bool at_root) {
    node->symbol = program_.intern("clone");
    visit(node->lhs, scope, at_root);
    visit(node->rhs, scope, false);
    visit(node->third, scope, false);
  }

  bool trailers(Node* node, std::vector<Symbol>* scope) {
    bool closure = false;
    for (Stage& stage : node->predicates) closure |= visit(stage.filter, scope, false);
    if (!node->group) return closure;
    for (auto& [key, value] : node->group->pairs) {
      closure |= visit(key, scope, false);
      closure |= visit(value, scope, false);
    }
    return closure;
  }

  void note_name(const Node& path) {
    std::size_t first = 0;
    auto is_root = [](const Node& step) {
      return step.kind == Kind::variable && (step.text == "$" || step.text.empty());
    };
    if (is_root(*path.items[0]) && path.items[0]->predicates.empty()) first = 1;
    if (first >= path.items.size() || path.items[first]->kind != Kind::name) return;
    const Node& name = *path.items[first];
    FreeName found{std::string(name.text), {}, name.start, 0};
    if (first + 1 < path.items.size() && path.items[first + 1]->kind == Kind::name && name.stages.empty()) {
      found.second = path.items[first + 1]->text;
      found.second_offset = path.items[first + 1]->start;
    }
    program_.free_names.push_back(std::move(found));
  }

  Program& program_;
};

}  // namespace

void resolve_program(Program& program) {
  std::vector<Symbol> top;
  Resolver(program).visit(program.root, &top, true);
  if (program.options.allow_fast_paths) choose_fast_paths(program);
}

}  // namespace waggle::jsonata
