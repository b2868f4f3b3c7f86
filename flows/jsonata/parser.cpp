#include "flows/jsonata/parser.hpp"

#include "flows/jsonata/parser_class.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::array<Infix, 32> infixes = {{
    {".", 75, Op::none},        {"[", 80, Op::none},
    {"{", 70, Op::none},        {"(", 80, Op::none},
    {"@", 80, Op::none},        {"#", 80, Op::none},
    {"?", 20, Op::none},        {"+", 50, Op::add},
    {"-", 50, Op::subtract},    {"*", 60, Op::multiply},
    {"/", 60, Op::divide},      {"%", 60, Op::modulo},
    {"=", 40, Op::equal},       {"<", 40, Op::less},
    {">", 40, Op::greater},     {"^", 40, Op::none},
    {":=", 10, Op::none},       {"!=", 40, Op::not_equal},
    {"<=", 40, Op::less_equal}, {">=", 40, Op::greater_equal},
    {"~>", 40, Op::none},       {"?:", 40, Op::none},
    {"??", 40, Op::none},       {"and", 30, Op::logical_and},
    {"or", 25, Op::logical_or}, {"in", 40, Op::in},
    {"&", 50, Op::concat},
}};
constexpr int power_of_unary_minus = 70;

}  // namespace

std::size_t Parser::parse() {
  advance();
  program_.root = expression(0);
  if (prefix_) {
    if (is("}")) return token_.start;
    if (token_.type == TokenType::end)
      throw fault("S0203").with_token("(end)").with_value(Value::string("}")).at(token_.start, token_.end);
  }
  if (token_.type != TokenType::end) throw fault("S0201").with_token(shown()).at(token_.start, token_.end);
  return program_.source.size();
}

std::string Parser::shown() const {
  if (token_.type == TokenType::end) return "(end)";
  if (token_.type == TokenType::string) return token_.decoded;
  return std::string(token_.text);
}

void Parser::advance(bool infix) {
  token_ = lexer_.next(infix);
  if (token_.type == TokenType::op && (token_.text == "!" || token_.text == "~"))
    throw fault("S0204").with_token(token_.text).at(token_.start, token_.end);
}

void Parser::expect(std::string_view op, bool infix) {
  if (!is(op)) {
    bool at_end = token_.type == TokenType::end;
    throw fault(at_end ? "S0203" : "S0202")
        .with_token(shown())
        .with_value(Value::string(op))
        .at(token_.start, token_.end);
  }
  advance(infix);
}

const Infix* Parser::infix() const {
  if (token_.type != TokenType::op) return nullptr;
  for (const Infix& i : infixes)
    if (i.text == token_.text && !i.text.empty()) return &i;
  return nullptr;
}

Node* Parser::expression(int right_power) {
  Nesting nesting(*this);
  Token first = std::move(token_);
  token_ = Token{};
  advance(true);
  Node* left = prefix(first);
  measure(left);
  for (const Infix* i = infix(); i && right_power < i->power; i = infix()) {
    Token t = std::move(token_);
    token_ = Token{};
    advance();
    left = continue_with(left, t, *i);
    measure(left);
  }
  return left;
}

void Parser::measure(Node* node) {
  unsigned deepest = 0;
  auto look = [&](Node* child) {
    if (!child) return;
    if (child->height == 0) measure(child);
    deepest = std::max<unsigned>(deepest, child->height);
  };
  look(node->lhs);
  look(node->rhs);
  look(node->third);
  for (Node* item : node->items) look(item);
  for (auto& [key, value] : node->pairs) look(key), look(value);
  if (deepest >= max_expression_nesting)
    throw fault("W1005")
        .with_text("more than " + std::to_string(max_expression_nesting) +
                   " operators or brackets inside each other")
        .at(node->start, node->end);
  node->height = static_cast<std::uint16_t>(deepest + 1);
}

Node* Parser::prefix(const Token& t) {
  switch (t.type) {
    case TokenType::end:
      return make(Kind::end, t);
    case TokenType::name:
      return make(Kind::name, t);
    case TokenType::variable:
      return make(Kind::variable, t);
    case TokenType::string: {
      Node* node = make(Kind::string, t);
      std::string_view text = program_.texts.copy(t.decoded);
      node->literal = Value::string(text, is_ascii_text(text));
      node->text = text;
      return node;
    }
    case TokenType::number: {
      Node* node = make(Kind::number, t);
      node->literal = Value::number(t.number);
      return node;
    }
    case TokenType::value: {
      Node* node = make(Kind::value, t);
      node->literal = t.text == "null" ? Value::null() : Value::boolean(t.text == "true");
      return node;
    }
    case TokenType::regex:
      return regex(t);
    case TokenType::op:
      break;
  }
  if (t.text == "and" || t.text == "or" || t.text == "in") return make(Kind::keyword, t);
  if (t.text == "*") return make(Kind::wildcard, t);
  if (t.text == "**") return make(Kind::descendant, t);
  if (t.text == "%") return make(Kind::parent, t);
  if (t.text == "-") {
    Node* node = make(Kind::negate, t);
    node->lhs = expression(power_of_unary_minus);
    return node;
  }
  if (t.text == "(") return block(t);
  if (t.text == "[") return array(t);
  if (t.text == "{") return object(make(Kind::object, t));
  if (t.text == "|") return transform(t);
  throw fault("S0211").with_token(t.text).at(t.start, t.end);
}

Node* Parser::continue_with(Node* left, const Token& t, const Infix& infix) {
  if (infix.op != Op::none) return binary(Kind::binary, left, t, infix);
  if (t.text == ".") return binary(Kind::dot, left, t, infix);
  if (t.text == "~>") return binary(Kind::apply, left, t, infix);
  switch (t.text[0]) {
    case '(':
      return call(left, t);
    case '[':
      return filter(left, t);
    case '{': {
      Node* node = make(Kind::group, t);
      node->lhs = left;
      return object(node);
    }
    case '^':
      return order(left, t);
    case '@':
      return binding(Kind::focus, left, t, infix.power);
    case '#':
      return binding(Kind::index, left, t, infix.power);
    case ':':
      return assign(left, t, infix.power);
    default:
      return conditional(left, t);
  }
}

Node* Parser::binary(Kind kind, Node* left, const Token& t, const Infix& infix) {
  Node* node = make(kind, t);
  node->op = infix.op;
  node->lhs = left;
  node->rhs = expression(infix.power);
  return node;
}

Node* Parser::assign(Node* left, const Token& t, int power) {
  if (left->kind != Kind::variable) throw fault("S0212").with_token(left->text).at(left->start, left->end);
  Node* node = make(Kind::assign, t);
  node->lhs = left;
  node->rhs = expression(power - 1);
  return node;
}

Node* Parser::binding(Kind kind, Node* left, const Token& t, int power) {
  Node* node = make(kind, t);
  node->lhs = left;
  node->rhs = expression(power);
  if (node->rhs->kind != Kind::variable)
    throw fault("S0214").with_token(t.text).at(node->rhs->start, node->rhs->end);
  return node;
}

Node* Parser::filter(Node* left, const Token& t) {
  if (is("]")) {
    Node* step = left;
    while (step->kind == Kind::filter) step = step->lhs;
    step->keep_array = true;
    expect("]");
    return left;
  }
  Node* node = make(Kind::filter, t);
  node->lhs = left;
  node->rhs = expression(0);
  expect("]", true);
  return node;
}

std::size_t parse_program(Program& program, std::size_t from, bool prefix) {
  return Parser(program, from, prefix).parse();
}

}  // namespace waggle::jsonata
