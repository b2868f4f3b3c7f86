#include "flows/yaml/source.hpp"

#include <algorithm>

namespace waggle::flows::yaml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Every so many bytes the number of characters is known; without that, places in one long line cost
/// quadratic time.
constexpr std::size_t stride = 256;

std::size_t count_characters(std::string_view text, std::size_t from, std::size_t to) {
  std::size_t count = 0;
  for (std::size_t i = from; i < to; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++count;  // not a continuation byte of UTF-8
  return count;
}

/// First byte of a block scalar's content: behind the line of its `|` or `>`.
std::size_t block_start(std::string_view text, std::size_t indicator) {
  std::size_t end = text.find('\n', indicator);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

Source::Source(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  for (std::size_t at = 0; at <= text_.size(); at += stride) {
    std::size_t before = at == 0 ? 0 : characters_.back() + count_characters(text_, at - stride, at);
    characters_.push_back(before);
  }
}

std::size_t Source::characters_before(std::size_t offset) const {
  std::size_t known = offset / stride;
  return characters_[known] + count_characters(text_, known * stride, offset);
}

Position Source::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  std::size_t start = *(after - 1);
  auto column = static_cast<int>(characters_before(offset) - characters_before(start)) + 1;
  return {file_, static_cast<int>(after - line_starts_.begin()), column};
}

// A scalar's value is its source with some bytes left out (quotes, indentation, escapes) or folded (a line
// break that became a space). So both are walked side by side, and source bytes that do not match are passed
// over.
std::size_t Source::offset_within(const Node& scalar, std::size_t at) const {
  bool block = scalar.style == Style::literal || scalar.style == Style::folded;
  bool quoted = scalar.style == Style::single_quoted || scalar.style == Style::double_quoted;
  std::size_t from = block ? block_start(text_, scalar.offset) : scalar.offset + (quoted ? 1 : 0);
  std::size_t indent = 0;
  if (block) {
    std::size_t content = from;
    while (content < text_.size() && is_blank(text_[content])) ++content;
    std::size_t line_start = text_.rfind('\n', content ? content - 1 : 0);
    indent = content - (line_start == std::string::npos ? 0 : line_start + 1);
    from += std::min(indent, text_.size() - std::min(from, text_.size()));
  }
  std::size_t i = from;
  for (std::size_t v = 0; v < std::min(at, scalar.text.size()) && i < text_.size(); ++v) {
    char wanted = scalar.text[v];
    if (scalar.style == Style::double_quoted && text_[i] == '\\') {
      char escape = i + 1 < text_.size() ? text_[i + 1] : '\0';
      std::size_t digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
      i += 2 + digits;
      while (v + 1 < scalar.text.size() && (static_cast<unsigned char>(scalar.text[v + 1]) & 0xC0) == 0x80)
        ++v;
      continue;
    }
    if (scalar.style == Style::single_quoted && wanted == '\'') {
      i += 2;
      continue;
    }
    if (text_[i] == wanted && wanted != '\n' && !(wanted == ' ' && !block)) {
      ++i;
      continue;
    }
    if (wanted == ' ' || wanted == '\n') {
      bool next_is_space = v + 1 < scalar.text.size() && scalar.text[v + 1] == ' ';
      i = after_blank(i, block, scalar.style == Style::literal, indent, next_is_space);
      continue;
    }
    ++i;
  }
  return std::min(i, text_.size());
}

/// Passes what one blank of a value was in the file: a space, or a line break with the next line's
/// indentation (and, where lines are folded, with the empty lines that follow).
std::size_t Source::after_blank(std::size_t at, bool block, bool literal, std::size_t indent,
                                bool one_space) const {
  std::size_t next = at;
  while (next < text_.size() && is_blank(text_[next]) && text_[next] != '\n') ++next;
  if (next >= text_.size() || text_[next] != '\n') return one_space && next > at ? at + 1 : next;
  do {
    ++next;
    std::size_t line = next;
    while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t') &&
           (!block || next - line < indent))
      ++next;
    if (next < text_.size() && text_[next] == '\r') ++next;
  } while (!literal && next < text_.size() && text_[next] == '\n');
  return next;
}

Position Source::within(const Node& scalar, std::size_t at) const { return place(offset_within(scalar, at)); }

std::string_view Source::comment_after(const Node& scalar) const {
  if (scalar.style != Style::plain || !scalar.is_scalar()) return {};
  std::string_view text = text_;
  std::size_t i = offset_within(scalar, scalar.text.size());
  std::size_t hash = i;
  while (hash < text.size() && (text[hash] == ' ' || text[hash] == '\t')) ++hash;
  if (hash == i || hash >= text.size() || text[hash] != '#') return {};
  return text.substr(hash, std::min(text.find_first_of("\r\n", hash), text.size()) - hash);
}

std::size_t Source::quoted_end(const Node& scalar) const {
  char quote = text_[scalar.offset];
  for (std::size_t i = scalar.offset + 1; i < text_.size(); ++i) {
    bool escape = quote == '"' ? text_[i] == '\\' : text_.compare(i, 2, "''") == 0;
    if (escape)
      ++i;
    else if (text_[i] == quote)
      return i + 1;
  }
  return std::string::npos;
}

std::string_view Source::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
  std::string_view rest = std::string_view(text_).substr(line_starts_[static_cast<std::size_t>(number) - 1]);
  return rest.substr(0, std::min(rest.find_first_of("\r\n"), rest.size()));
}

}  // namespace waggle::flows::yaml
