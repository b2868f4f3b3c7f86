#include "flows/jsonata/ast.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/regex.hpp"
#include "flows/jsonata/signature.hpp"

namespace waggle::jsonata {

std::string_view op_text(Op op) {
  switch (op) {
    case Op::add:
      return "+";
    case Op::subtract:
      return "-";
    case Op::multiply:
      return "*";
    case Op::divide:
      return "/";
    case Op::modulo:
      return "%";
    case Op::equal:
      return "=";
    case Op::not_equal:
      return "!=";
    case Op::less:
      return "<";
    case Op::less_equal:
      return "<=";
    case Op::greater:
      return ">";
    case Op::greater_equal:
      return ">=";
    case Op::concat:
      return "&";
    case Op::range:
      return "..";
    case Op::in:
      return "in";
    case Op::logical_and:
      return "and";
    case Op::logical_or:
      return "or";
    case Op::none:
      break;
  }
  return "";
}

std::string_view kind_word(Kind kind) {
  switch (kind) {
    case Kind::path:
      return "path";
    case Kind::call:
      return "function";
    case Kind::condition:
      return "condition";
    case Kind::variable:
      return "variable";
    case Kind::parent:
      return "parent";
    case Kind::array:
    case Kind::object:
    case Kind::negate:
      return "unary";
    case Kind::string:
      return "string";
    case Kind::number:
      return "number";
    case Kind::value:
      return "value";
    case Kind::regex:
      return "regex";
    case Kind::lambda:
      return "lambda";
    case Kind::bind:
      return "bind";
    case Kind::apply:
      return "apply";
    case Kind::partial:
      return "partial";
    case Kind::descendant:
      return "descendant";
    case Kind::transform:
      return "transform";
    case Kind::sort:
      return "sort";
    default:
      return "binary";
  }
}

Node::Node(const Node& other)
    : kind(other.kind),
      op(other.op),
      keep_array(other.keep_array),
      descending(other.descending),
      start(other.start),
      end(other.end),
      text(other.text),
      literal(other.literal),
      lhs(other.lhs),
      rhs(other.rhs),
      third(other.third),
      height(other.height),
      items(other.items),
      pairs(other.pairs),
      signature(other.signature),
      regex(other.regex) {}

Program::Program() = default;
Program::~Program() = default;

Symbol Program::intern(std::string_view name) {
  for (Symbol i = 0; i < symbols.size(); ++i)
    if (symbols[i] == name) return i;
  symbols.emplace_back(name);
  return static_cast<Symbol>(symbols.size() - 1);
}

Symbol Program::fresh_symbol() {
  // A label starts with a character that no variable's name can hold.
  symbols.push_back("!" + std::to_string(symbols.size()));
  return static_cast<Symbol>(symbols.size() - 1);
}

Node* Program::make(Kind kind, std::uint32_t start, std::uint32_t end, std::string_view text) {
  Node& node = nodes.emplace_back();
  node.kind = kind;
  node.start = start;
  node.end = end;
  node.text = text;
  return &node;
}

Node* Program::clone(const Node* node) {
  if (!node) return nullptr;
  // Nested ?? and ?: copy their left side, which doubles it at each level.
  if (nodes.size() > max_expression_bytes)
    throw fault("W1005").with_text("?? and ?: are nested too often").at(node->start, node->end);
  Node* copy = &nodes.emplace_back(*node);
  copy->lhs = clone(node->lhs);
  copy->rhs = clone(node->rhs);
  copy->third = clone(node->third);
  for (Node*& item : copy->items) item = clone(item);
  for (auto& [key, value] : copy->pairs) {
    key = clone(key);
    value = clone(value);
  }
  return copy;
}

}  // namespace waggle::jsonata
