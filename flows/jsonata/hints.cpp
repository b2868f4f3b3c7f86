// Guesses at what an author meant: the mistakes people make who come from JavaScript, SQL or spreadsheets.
#include "flows/jsonata/ast.hpp"
#include "flows/jsonata/messages.hpp"

namespace waggle::jsonata {

namespace {

bool around(std::string_view source, std::uint32_t at, std::string_view wanted) {
  std::size_t from = at >= wanted.size() ? at - wanted.size() : 0;
  return source.substr(from, wanted.size() * 2 + 1).find(wanted) != std::string_view::npos;
}

/// The source text of an operand, when it is short and on one line.
std::string shown(const Node* node, std::string_view source) {
  if (!node) return {};
  std::uint32_t start = node->start, end = node->end;
  if (node->kind == Kind::path) {
    start = node->items.front()->start;
    end = std::max(node->items.back()->end, node->end);
  } else if (node->kind != Kind::variable && node->kind != Kind::string && node->kind != Kind::number) {
    return {};
  }
  if (end <= start || end > source.size() || end - start > 60) return {};
  std::string text(source.substr(start, end - start));
  return text.find('\n') == std::string::npos ? text : std::string();
}

std::string kind_of(std::string_view json) {
  if (json.empty()) return "missing";
  std::string value(json.substr(0, 40));
  if (json.size() > 40) value += "...";
  switch (json[0]) {
    case '"':
      return "the text " + value;
    case '[':
      return "an array";
    case '{':
      return "an object";
    case 't':
    case 'f':
      return "the boolean " + value;
    case 'n':
      return "null";
    default:
      return "the number " + value;
  }
}

std::string operand_hint(const Fault& f, std::string_view source) {
  std::string name = shown(f.subject, source);
  if (f.value.empty()) return {};
  std::string what = (name.empty() ? "it" : name) + " is " + kind_of(f.value);
  if (f.value[0] == '"') {
    if (f.token == "+")
      return what + "; use $number(" + (name.empty() ? "..." : name) + "), or & to join texts";
    return what + "; use $number(" + (name.empty() ? "..." : name) + ")";
  }
  if (f.value[0] == '[')
    return what + "; calculate for each item with .( ... ), or add the items up with $sum()";
  return what;
}

/// a.b-c subtracts c from a.b, which nobody means who writes it without spaces.
std::string minus_hint(const Fault& f, std::string_view source) {
  auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  std::size_t start = f.start, end = f.end;
  if (f.token != "-" || start == 0 || end >= source.size() || !is_name(source[start - 1]) ||
      !is_name(source[end]))
    return {};
  while (start > 0 && is_name(source[start - 1])) --start;
  while (end < source.size() && is_name(source[end])) ++end;
  std::string name(source.substr(start, end - start));
  if (name[0] >= '0' && name[0] <= '9') return {};
  bool in_path = start > 0 && source[start - 1] == '.';
  return name + " subtracts; write " + (in_path ? "." : "") + "`" + name + "` if it is one name";
}

std::string comparison_hint(const Fault& f) {
  bool text_left = !f.value.empty() && f.value[0] == '"';
  bool text_right = !f.value2.empty() && f.value2[0] == '"';
  if (text_left == text_right) return {};
  const std::string& text = text_left ? f.value : f.value2;
  return text + " is a text and " + (text_left ? f.value2 : f.value) +
         " is a number; use $number() on the text";
}

std::string syntax_hint(const Fault& f, std::string_view source) {
  if (around(source, f.start, "==")) return "`==` is written `=`";
  if (around(source, f.start, "&&")) return "`&&` is written `and`";
  if (around(source, f.start, "||")) return "`||` is written `or`";
  if (f.code == "S0204" && f.token == "!") return "`!x` is written `$not(x)`";
  if (f.token == "=>") return "functions are written function($x) { ... }";
  if (f.code == "S0201" && f.token == ":") return "objects need braces: { \"name\": value }";
  if (f.code == "S0201") return "an operator is missing before " + f.token;
  return {};
}

}  // namespace

std::string hint_for(const Fault& f, std::string_view source) {
  if (!f.hint.empty()) return f.hint;
  std::string_view code = f.code;
  if (code == "S0201" || code == "S0202" || code == "S0204" || code == "S0211") return syntax_hint(f, source);
  if (code == "S0101") return "close the text with the quote it began with";
  if (code == "S0213") return "a name that starts with a digit needs backticks: a.`1st`";
  if (code == "S0212") return "variables start with $; to compare, write `=`";
  if (code == "T1005" || code == "T1007") return "functions start with $: $" + f.token + "(...)";
  if (code == "T1006") return "there is no function of that name; see docs.jsonata.org for all of them";
  if (code == "T2001" || code == "T2002") {
    std::string hint = minus_hint(f, source);
    return hint.empty() ? operand_hint(f, source) : hint;
  }
  if (code == "T2009" || code == "T2007") return comparison_hint(f);
  if (code == "D1002") return "it is " + kind_of(f.value);
  if (code == "T0410" || code == "T0412") {
    std::string name = shown(f.subject, source);
    if (f.value.empty()) return {};
    std::string what =
        (name.empty() ? "argument " + std::to_string(f.index) : name) + " is " + kind_of(f.value);
    if (code == "T0412" && f.type == "numbers")
      return what + "; use $map(..., $number) for texts that hold numbers";
    return what;
  }
  if (code == "D1011")
    return "the function calls itself without an end, or very deeply; make the recursive call the last thing "
           "it does";
  if (code == "W1002" || code == "D1012") return "look for a loop without an end, or work on fewer items";
  return {};
}

}  // namespace waggle::jsonata
