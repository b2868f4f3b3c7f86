// A table for people: columns as wide as their content, one of them cut so that a line fits the terminal. One
// thread.
#pragma once

#include <string>
#include <vector>

#include "core/cli/shell/terminal.hpp"

namespace waggle::cli {

struct Cell {
  std::string text;
  Style style = Style::unset;

  Cell(std::string content, Style look = Style::unset)
      : text(std::move(content)), style(look) {}  // NOLINT: implicit
  Cell(const char* content) : text(content) {}    // NOLINT: implicit
};

class Table {
 public:
  /// `elastic` is the column that is cut when a line would be too long.
  Table(std::vector<std::string> heads, std::size_t elastic);
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  void print(const Terminal& terminal) const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<Cell>> rows_;
  std::size_t elastic_;
};

/// Characters as a terminal counts them: code points (wide and combining ones are not told apart).
std::size_t columns_of(std::string_view text);
/// At most `columns` characters, the last one `…` when something was cut. Line breaks become spaces.
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace waggle::cli
