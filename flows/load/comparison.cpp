#include <array>
#include <cctype>

#include "flows/load/reader.hpp"

namespace waggle::flows {
namespace {

/// Where the one comparison sign at the top of `text` stands; length 0 when there is none, or anything
/// besides that would make taking it apart wrong.
struct Sign {
  std::size_t at = 0;
  std::size_t length = 0;
};

bool is_word(std::string_view text, std::size_t at, std::string_view word) {
  auto part_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '`';
  };
  if (text.compare(at, word.size(), word) != 0) return false;
  if (at > 0 && part_of_name(text[at - 1])) return false;
  return at + word.size() >= text.size() || !part_of_name(text[at + word.size()]);
}

Sign find_sign(std::string_view text) {
  Sign sign;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"' || c == '\'' || c == '`') {
      for (++i; i < text.size() && text[i] != c; ++i)
        if (text[i] == '\\') ++i;
      continue;
    }
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c == '/') return {};  // a regular expression, a comment or a division: not worth telling apart
    if (depth != 0) continue;
    if (c == '?' || c == ':' || c == ';' || c == '~' || c == '^' || is_word(text, i, "and") ||
        is_word(text, i, "or"))
      return {};
    std::size_t length = 0;
    if (c == '=' || c == '<' || c == '>') length = i + 1 < text.size() && text[i + 1] == '=' ? 2 : 1;
    if (c == '!' && i + 1 < text.size() && text[i + 1] == '=') length = 2;
    if (length == 0) continue;
    if (sign.length != 0) return {};
    sign = {i, length};
    i += length - 1;
  }
  return sign;
}

}  // namespace

std::shared_ptr<const Comparison> split_comparison(const Formula& formula,
                                                   const jsonata::CompileOptions& options) {
  std::string_view text = std::string_view(formula.origin->scalar.text).substr(formula.start);
  if (formula.start > 0) text = text.substr(0, text.rfind('}'));
  Sign sign = find_sign(text);
  if (sign.length == 0) return nullptr;
  auto left = jsonata::Expression::compile(text.substr(0, sign.at), options);
  auto right = jsonata::Expression::compile(text.substr(sign.at + sign.length), options);
  if (!left || !right) return nullptr;
  auto after = static_cast<std::uint32_t>(formula.start + sign.at + sign.length);
  return std::make_shared<const Comparison>(
      Comparison{{std::move(*left), formula.origin, formula.start, formula.start, formula.salt},
                 std::string(text.substr(sign.at, sign.length)),
                 {std::move(*right), formula.origin, after, after, formula.salt}});
}

}  // namespace waggle::flows
