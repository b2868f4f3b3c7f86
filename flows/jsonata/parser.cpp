#include "flows/jsonata/parser.hpp"

#include <algorithm>
#include <array>

#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/lexer.hpp"
#include "flows/jsonata/regex.hpp"
#include "flows/jsonata/signature.hpp"

namespace waggle::jsonata {

namespace {

struct Infix {
  std::string_view text;
  int power;
  Op op;
};
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

class Parser {
 public:
  Parser(Program& program, std::size_t from, bool prefix)
      : program_(program), lexer_(program.source, from), prefix_(prefix) {}

  std::size_t parse() {
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

 private:
  bool is(std::string_view op) const { return token_.type == TokenType::op && token_.text == op; }

  std::string shown() const {
    if (token_.type == TokenType::end) return "(end)";
    if (token_.type == TokenType::string) return token_.decoded;
    return std::string(token_.text);
  }

  void advance(bool infix = false) {
    token_ = lexer_.next(infix);
    if (token_.type == TokenType::op && (token_.text == "!" || token_.text == "~"))
      throw fault("S0204").with_token(token_.text).at(token_.start, token_.end);
  }

  void expect(std::string_view op, bool infix = false) {
    if (!is(op)) {
      bool at_end = token_.type == TokenType::end;
      throw fault(at_end ? "S0203" : "S0202")
          .with_token(shown())
          .with_value(Value::string(op))
          .at(token_.start, token_.end);
    }
    advance(infix);
  }

  const Infix* infix() const {
    if (token_.type != TokenType::op) return nullptr;
    for (const Infix& i : infixes)
      if (i.text == token_.text && !i.text.empty()) return &i;
    return nullptr;
  }

  Node* make(Kind kind, const Token& t) { return program_.make(kind, t.start, t.end, t.text); }

  /// Deeper than the limit would overflow the stack here or later.
  struct Nesting {
    Parser& parser;
    explicit Nesting(Parser& p) : parser(p) {
      if (++parser.depth_ > max_expression_nesting)
        throw fault("W1005")
            .with_text("the expression is nested deeper than " + std::to_string(max_expression_nesting) +
                       " levels")
            .at(parser.token_.start, parser.token_.end);
    }
    ~Nesting() { --parser.depth_; }
  };

  Node* expression(int right_power) {
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

  /// Each operator of a chain like 1+1+1 is one more level of the tree, too.
  void measure(Node* node) {
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

  Node* prefix(const Token& t) {
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

  static bool is_ascii_text(std::string_view text) {
    for (char c : text)
      if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
  }

  Node* regex(const Token& t) {
    Node* node = make(Kind::regex, t);
    try {
      program_.regexes.push_back(std::make_unique<Regex>(t.text, t.flags));
    } catch (Fault& f) {
      throw std::move(f).at(t.start, t.end);
    }
    node->regex = program_.regexes.back().get();
    return node;
  }

  Node* block(const Token& t) {
    Node* node = make(Kind::block, t);
    while (!is(")")) {
      node->items.push_back(expression(0));
      if (!is(";")) break;
      expect(";");
    }
    expect(")", true);
    return node;
  }

  Node* array(const Token& t) {
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

  Node* object(Node* node) {
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

  Node* transform(const Token& t) {
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

  Node* continue_with(Node* left, const Token& t, const Infix& infix) {
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

  Node* binary(Kind kind, Node* left, const Token& t, const Infix& infix) {
    Node* node = make(kind, t);
    node->op = infix.op;
    node->lhs = left;
    node->rhs = expression(infix.power);
    return node;
  }

  Node* assign(Node* left, const Token& t, int power) {
    if (left->kind != Kind::variable) throw fault("S0212").with_token(left->text).at(left->start, left->end);
    Node* node = make(Kind::assign, t);
    node->lhs = left;
    node->rhs = expression(power - 1);
    return node;
  }

  Node* binding(Kind kind, Node* left, const Token& t, int power) {
    Node* node = make(kind, t);
    node->lhs = left;
    node->rhs = expression(power);
    if (node->rhs->kind != Kind::variable)
      throw fault("S0214").with_token(t.text).at(node->rhs->start, node->rhs->end);
    return node;
  }

  Node* filter(Node* left, const Token& t) {
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

  Node* order(Node* left, const Token& t) {
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

  /// a ? b : c, and the shorthands a ?: c (a if true) and a ?? c (a if there).
  Node* conditional(Node* left, const Token& t) {
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

  Node* call(Node* left, const Token& t) {
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

  Node* lambda(Node* node) {
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

  void signature(Node* node) {
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

  Program& program_;
  Lexer lexer_;
  bool prefix_;
  Token token_;
  unsigned depth_ = 0;
};

}  // namespace

std::size_t parse_program(Program& program, std::size_t from, bool prefix) {
  return Parser(program, from, prefix).parse();
}

}  // namespace waggle::jsonata
