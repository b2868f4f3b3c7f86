// Splits an expression's text into tokens, one at a time, since `/` is a division or a regular expression
// depending on what came before. Used by the parser alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waggle::jsonata {

enum class TokenType : std::uint8_t { end, op, name, variable, string, number, value, regex };

struct Token {
  TokenType type = TokenType::end;
  std::string_view text = {};   ///< operator, name or variable without $, pattern of a regex
  std::string decoded = {};     ///< string literal
  std::string_view flags = {};  ///< regex
  double number = 0;
  std::uint32_t start = 0, end = 0;
};

class Lexer {
 public:
  Lexer(std::string_view text, std::size_t at) : text_(text), at_(at) {}
  /// `infix`: an operator may stand here, so `/` is not the start of a regular expression. Throws Fault.
  Token next(bool infix);

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip_space_and_comments();
  Token finish(TokenType type, std::size_t start, std::string_view text) const;
  Token string(std::size_t start);
  void escape(std::string& out);
  Token regex(std::size_t start);
  bool number(std::size_t start, Token& token);
  Token word(std::size_t start);

  std::string_view text_;
  std::size_t at_;
};

}  // namespace waggle::jsonata
