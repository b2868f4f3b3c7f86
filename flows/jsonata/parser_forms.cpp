// Forms of several tokens: constructors, calls, lambdas, conditions, order-by, transforms.
#include "flows/jsonata/parser_class.hpp"
#include "flows/jsonata/regex.hpp"
#include "flows/jsonata/signature.hpp"

namespace waggle::jsonata {

Node* Parser::block(const Token& t) {
  Node* node = make(Kind::block, t);
  while (!is(")")) {
    node->items.push_back(expression(0));
    if (!is(";")) break;
    expect(";");
  }
  expect(")", true);
  return node;
}

Node* Parser::array(const Token& t) {
  Node* node = make(Kind::array, t);
  if (!is("]")) {
    for (;;) {
      Node* item = expression(0);
      if (is("..")) {
        Node* range = make(Kind::binary, token_);
        range->op = Op::range;
        range->lhs = item;
        expect("..");
        range->rhs = expression(0);
        item = range;
      }
      node->items.push_back(item);
      if (!is(",")) break;
      expect(",");
    }
  }
  expect("]", true);
  return node;
}

Node* Parser::object(Node* node) {
  if (!is("}")) {
    for (;;) {
      Node* key = expression(0);
      expect(":");
      node->pairs.emplace_back(key, expression(0));
      if (!is(",")) break;
      expect(",");
    }
  }
  expect("}", true);
  return node;
}

Node* Parser::transform(const Token& t) {
  Node* node = make(Kind::transform, t);
  node->lhs = expression(0);
  expect("|");
  node->rhs = expression(0);
  if (is(",")) {
    expect(",");
    node->third = expression(0);
  }
  expect("|");
  return node;
}

Node* Parser::order(Node* left, const Token& t) {
  Node* node = make(Kind::order, t);
  node->lhs = left;
  expect("(");
  for (;;) {
    bool descending = is(">");
    if (descending || is("<")) advance();
    Node* term = make(Kind::sort, token_);
    term->descending = descending;
    term->lhs = expression(0);
    node->items.push_back(term);
    if (!is(",")) break;
    expect(",");
  }
  expect(")");
  return node;
}

Node* Parser::conditional(Node* left, const Token& t) {
  Node* node = make(Kind::condition, t);
  if (t.text == "?") {
    node->lhs = left;
    node->rhs = expression(0);
    if (is(":")) {
      expect(":");
      node->third = expression(0);
    }
    return node;
  }
  node->lhs = program_.clone(left);
  if (t.text == "??") {
    Node* exists = make(Kind::variable, t);
    exists->text = "exists";
    Node* call = make(Kind::call, t);
    call->lhs = exists;
    call->items.push_back(node->lhs);
    node->lhs = call;
  }
  node->rhs = left;
  node->third = expression(0);
  return node;
}

Node* Parser::call(Node* left, const Token& t) {
  Node* node = make(Kind::call, t);
  node->lhs = left;
  if (!is(")")) {
    for (;;) {
      if (is("?")) {
        node->kind = Kind::partial;
        node->items.push_back(make(Kind::placeholder, token_));
        expect("?");
      } else {
        node->items.push_back(expression(0));
      }
      if (!is(",")) break;
      expect(",");
    }
  }
  expect(")", true);
  bool is_lambda = left->kind == Kind::name && (left->text == "function" || left->text == "\u03BB");
  return is_lambda ? lambda(node) : node;
}

Node* Parser::lambda(Node* node) {
  int position = 0;
  for (Node* parameter : node->items) {
    ++position;
    if (parameter->kind == Kind::variable) continue;
    throw fault("S0208")
        .with_token(parameter->text)
        .with_value(Value::number(position))
        .at(parameter->start, parameter->end);
  }
  node->kind = Kind::lambda;
  if (is("<")) signature(node);
  expect("{");
  node->lhs = expression(0);
  expect("}");
  return node;
}

void Parser::signature(Node* node) {
  std::uint32_t start = token_.start, end = token_.end;
  std::string text = "<";
  for (int depth = 1; depth > 0 && !is("{") && token_.type != TokenType::end;) {
    advance();
    if (is(">")) --depth;
    if (is("<")) ++depth;
    text += shown();
  }
  expect(">");
  try {
    program_.signatures.push_back(std::make_unique<Signature>(Signature::parse(text)));
  } catch (Fault& f) {
    std::uint32_t offset = f.start;
    throw std::move(f).at(start + offset, end + offset);
  }
  node->signature = program_.signatures.back().get();
}

Node* Parser::regex(const Token& t) {
  Node* node = make(Kind::regex, t);
  try {
    program_.regexes.push_back(std::make_unique<Regex>(t.text, t.flags));
  } catch (Fault& f) {
    throw std::move(f).at(t.start, t.end);
  }
  node->regex = program_.regexes.back().get();
  return node;
}

}  // namespace waggle::jsonata
