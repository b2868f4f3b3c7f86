// The parser's class, shared by its two source files and nobody else.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "flows/jsonata/ast.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/lexer.hpp"

namespace waggle::jsonata {

struct Infix {
  std::string_view text;
  int power;
  Op op;
};

class Parser {
 public:
  Parser(Program& program, std::size_t from, bool prefix)
      : program_(program), lexer_(program.source, from), prefix_(prefix) {}

  std::size_t parse();

 private:
  bool is(std::string_view op) const { return token_.type == TokenType::op && token_.text == op; }

  std::string shown() const;

  void advance(bool infix = false);

  void expect(std::string_view op, bool infix = false);

  const Infix* infix() const;

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

  Node* expression(int right_power);

  /// Each operator of a chain like 1+1+1 is one more level of the tree, too.
  void measure(Node* node);

  Node* prefix(const Token& t);

  static bool is_ascii_text(std::string_view text) {
    for (char c : text)
      if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
  }

  Node* continue_with(Node* left, const Token& t, const Infix& infix);

  Node* binary(Kind kind, Node* left, const Token& t, const Infix& infix);

  Node* assign(Node* left, const Token& t, int power);

  Node* binding(Kind kind, Node* left, const Token& t, int power);

  Node* filter(Node* left, const Token& t);

  // Forms of several tokens, in parser_forms.cpp.
  Node* block(const Token& t);
  Node* array(const Token& t);
  Node* object(Node* node);
  Node* transform(const Token& t);
  Node* order(Node* left, const Token& t);
  /// a ? b : c, and the shorthands a ?: c (a if true) and a ?? c (a if there).
  Node* conditional(Node* left, const Token& t);
  Node* call(Node* left, const Token& t);
  Node* lambda(Node* node);
  void signature(Node* node);
  Node* regex(const Token& t);

  Program& program_;
  Lexer lexer_;
  bool prefix_;
  Token token_;
  unsigned depth_ = 0;
};

}  // namespace waggle::jsonata
