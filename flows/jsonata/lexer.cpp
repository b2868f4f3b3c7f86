#include "flows/jsonata/lexer.hpp"

#include <array>
#include <cmath>

#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/number_text.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view single_operators = ".[]{}(),@#;:?+-*/%|=<>^&!~";
constexpr std::array<std::string_view, 9> double_operators = {
    "..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v'; }
bool is_operator(char c) { return c != '\0' && single_operators.find(c) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Fault lexer_fault(std::string_view code, std::size_t from, std::size_t to) {
  return fault(code).at(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to));
}

}  // namespace

void Lexer::skip_space_and_comments() {
  for (;;) {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (peek() != '/' || peek(1) != '*') return;
    std::size_t close = text_.find("*/", at_ + 2);
    if (close == std::string_view::npos) throw lexer_fault("S0106", at_, at_);
    at_ = close + 2;
  }
}

Token Lexer::finish(TokenType type, std::size_t start, std::string_view text) const {
  Token token;
  token.type = type;
  token.text = text;
  token.start = static_cast<std::uint32_t>(start);
  token.end = static_cast<std::uint32_t>(at_);
  return token;
}

Token Lexer::next(bool infix) {
  skip_space_and_comments();
  std::size_t start = at_;
  if (at_ >= text_.size()) return finish(TokenType::end, text_.size(), {});
  char c = text_[at_];
  if (c == '/' && !infix) return regex(start);
  std::string_view two = text_.substr(at_, 2);
  for (std::string_view op : double_operators)
    if (two == op) {
      at_ += 2;
      return finish(TokenType::op, start, two);
    }
  if (is_operator(c)) {
    ++at_;
    return finish(TokenType::op, start, text_.substr(start, 1));
  }
  if (c == '"' || c == '\'') return string(start);
  Token token;
  if (number(start, token)) return token;
  if (c == '`') {
    std::size_t close = text_.find('`', at_ + 1);
    if (close == std::string_view::npos) throw lexer_fault("S0105", start, text_.size());
    at_ = close + 1;
    return finish(TokenType::name, start, text_.substr(start + 1, close - start - 1));
  }
  return word(start);
}

Token Lexer::string(std::size_t start) {
  char quote = text_[at_++];
  std::string decoded;
  for (;; ++at_) {
    if (at_ >= text_.size()) throw lexer_fault("S0101", start, text_.size());
    char c = text_[at_];
    if (c == quote) break;
    if (c == '\\') {
      ++at_;
      escape(decoded);
    } else {
      decoded += c;
    }
  }
  ++at_;
  Token token = finish(TokenType::string, start, text_.substr(start, at_ - start));
  token.decoded = std::move(decoded);
  return token;
}

void Lexer::escape(std::string& out) {
  switch (peek()) {
    case '"':
      out += '"';
      return;
    case '\\':
      out += '\\';
      return;
    case '/':
      out += '/';
      return;
    case 'b':
      out += '\b';
      return;
    case 'f':
      out += '\f';
      return;
    case 'n':
      out += '\n';
      return;
    case 'r':
      out += '\r';
      return;
    case 't':
      out += '\t';
      return;
    case 'u':
      break;
    default:
      throw lexer_fault("S0103", at_ - 1, at_).with_token(text_.substr(at_, 1));
  }
  int unit = parse_hex4(text_, at_ + 1);
  if (unit < 0) throw lexer_fault("S0104", at_ - 1, at_);
  at_ += 4;
  char bytes[4];
  append_wtf8(out, {bytes, write_code_point(bytes, static_cast<std::uint32_t>(unit))});
}

Token Lexer::regex(std::size_t start) {
  // The closing slash is one that is neither escaped nor inside brackets.
  int depth = 0;
  for (++at_; at_ < text_.size(); ++at_) {
    char c = text_[at_];
    std::size_t slashes = 0;
    while (text_[at_ - 1 - slashes] == '\\') ++slashes;
    if (c == '/' && depth == 0 && slashes % 2 == 0) {
      std::string_view pattern = text_.substr(start + 1, at_ - start - 1);
      if (pattern.empty()) throw lexer_fault("S0301", start, at_);
      std::size_t flags = ++at_;
      while (peek() == 'i' || peek() == 'm') ++at_;
      Token token = finish(TokenType::regex, start, pattern);
      token.flags = text_.substr(flags, at_ - flags);
      return token;
    }
    bool escaped = text_[at_ - 1] == '\\';
    if ((c == '(' || c == '[' || c == '{') && !escaped) ++depth;
    if ((c == ')' || c == ']' || c == '}') && !escaped) --depth;
  }
  throw lexer_fault("S0302", start, text_.size());
}

bool Lexer::number(std::size_t start, Token& token) {
  if (!is_digit(peek())) return false;
  std::size_t p = at_;
  auto digit = [&](std::size_t i) { return i < text_.size() && is_digit(text_[i]); };
  if (text_[p] == '0') {
    ++p;
  } else {
    while (digit(p)) ++p;
  }
  if (p < text_.size() && text_[p] == '.' && digit(p + 1)) {
    ++p;
    while (digit(p)) ++p;
  }
  if (p < text_.size() && (text_[p] == 'e' || text_[p] == 'E')) {
    std::size_t q = p + 1;
    if (q < text_.size() && (text_[q] == '+' || text_[q] == '-')) ++q;
    if (digit(q)) {
      while (digit(q)) ++q;
      p = q;
    }
  }
  std::string_view text = text_.substr(start, p - start);
  double value = parse_number(text);
  if (!std::isfinite(value)) throw lexer_fault("S0102", start, p).with_token(text);
  at_ = p;
  token = finish(TokenType::number, start, text);
  token.number = value;
  return true;
}

Token Lexer::word(std::size_t start) {
  while (at_ < text_.size() && !is_space(text_[at_]) && !is_operator(text_[at_])) ++at_;
  std::string_view text = text_.substr(start, at_ - start);
  if (text[0] == '$') return finish(TokenType::variable, start, text.substr(1));
  if (text == "and" || text == "or" || text == "in") return finish(TokenType::op, start, text);
  if (text == "true" || text == "false" || text == "null") return finish(TokenType::value, start, text);
  return finish(TokenType::name, start, text);
}

}  // namespace waggle::jsonata
