#include "core/cli/shell/table.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

namespace waggle::cli {
namespace {

constexpr std::size_t gap = 2;          ///< columns between two columns
constexpr std::size_t min_elastic = 8;  ///< the elastic column never gets narrower

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string cut_to(std::string_view text, std::size_t columns) {
  std::string result;
  std::size_t used = 0;
  const bool fits = columns_of(text) <= columns;
  for (char c : text) {
    if (starts_character(c) && ++used > (fits ? columns : columns - 1)) break;
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  if (!fits) result += "…";
  return result;
}

Table::Table(std::vector<std::string> heads, std::size_t elastic)
    : heads_(std::move(heads)), elastic_(elastic) {}

void Table::add(std::vector<Cell> row) {
  row.resize(heads_.size(), Cell(""));
  rows_.push_back(std::move(row));
}

void Table::print(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < heads_.size(); ++column) {
    std::size_t width = columns_of(heads_[column]);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[column].text));
    widths.push_back(width);
  }
  std::size_t others = gap * (widths.size() - 1);
  for (std::size_t column = 0; column < widths.size(); ++column)
    if (column != elastic_) others += widths[column];
  const auto room = static_cast<std::size_t>(terminal.width());
  const std::size_t left = room > others ? room - others : 0;
  widths[elastic_] = std::min(widths[elastic_], std::max(left, min_elastic));

  const auto print_cell = [&](std::size_t column, const std::string& text, Style style) {
    const std::string shown = cut_to(text, widths[column]);
    terminal.out << terminal.styled(style, shown);
    if (column + 1 < widths.size())
      terminal.out << std::string(widths[column] - columns_of(shown) + gap, ' ');
  };
  for (std::size_t column = 0; column < heads_.size(); ++column)
    print_cell(column, heads_[column], Style::dim);
  terminal.out << '\n';
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column)
      print_cell(column, row[column].text, row[column].style);
    terminal.out << '\n';
  }
}

}  // namespace waggle::cli
