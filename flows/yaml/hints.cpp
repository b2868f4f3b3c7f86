#include "flows/yaml/hints.hpp"

namespace waggle::flows::yaml {
namespace {

/// The value on a line: behind `- `, and behind the first `key: `.
std::string_view value_of_line(std::string_view line) {
  std::size_t i = line.find_first_not_of(" \t");
  if (i == std::string_view::npos) return {};
  line.remove_prefix(i);
  while (line.size() > 1 && line[0] == '-' && line[1] == ' ') {
    std::size_t next = line.find_first_not_of(" \t", 1);
    line.remove_prefix(next == std::string_view::npos ? line.size() : next);
  }
  std::size_t colon = line.find(": ");
  std::size_t odd = line.find_first_of("\"'{[");
  if (colon == std::string_view::npos || (odd != std::string_view::npos && odd < colon)) return line;
  std::size_t value = line.find_first_not_of(" \t", colon + 1);
  return value == std::string_view::npos ? std::string_view() : line.substr(value);
}

}  // namespace

std::string hint_for_line(std::string_view line) {
  if (std::size_t text = line.find_first_not_of(' '); text != std::string_view::npos && line[text] == '\t')
    return "indent with spaces, never with tabs";
  std::string_view value = value_of_line(line);
  if (value.empty()) return {};
  switch (value.front()) {
    case '{':
    case '[':
      return "an unquoted value that begins with `" + std::string(1, value.front()) +
             "` is a YAML collection; put an expression into quotes, or behind `|` on the next line";
    case '"':
    case '\'':
      return "a value that begins with a quote ends at the next one; put the whole expression into the other "
             "kind of "
             "quotes, or behind `|` on the next line";
    case '%':
    case '@':
    case '`':
    case '*':
    case '&':
    case '!':
      return "an unquoted value cannot begin with `" + std::string(1, value.front()) +
             "`; put it into quotes, or behind `|` on the next line";
    default:
      break;
  }
  if (value.find(": ") != std::string_view::npos || value.back() == ':')
    return "a `: ` inside an unquoted text means a mapping to YAML; put the whole text into quotes, or "
           "behind `|` on the "
           "next line";
  return {};
}

}  // namespace waggle::flows::yaml
