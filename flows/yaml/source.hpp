// Source: the text of a YAML file and where things stand in it. Kept beside the nodes while a file is loaded,
// so that an error inside a quoted or folded text points at the very character. Immutable; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "flows/problem.hpp"
#include "flows/yaml/node.hpp"

namespace waggle::flows::yaml {

class Source {
 public:
  Source(std::string file, std::string_view text);

  const std::string& file() const { return file_; }
  std::string_view text() const { return text_; }

  /// Line and column (in characters) of a byte of the file.
  Position place(std::size_t offset) const;
  Position place(const Node& node) const { return {file_, node.line, node.column}; }
  /// Line and column of byte `at` of a scalar's value: through quotes, escapes, indentation and folded lines.
  Position within(const Node& scalar, std::size_t at) const;
  /// The comment right behind an unquoted scalar on its last line, with its `#`; empty when there is none.
  std::string_view comment_after(const Node& scalar) const;
  /// Behind the closing quote of a quoted scalar; npos when there is none.
  std::size_t quoted_end(const Node& scalar) const;
  /// A line of the file, from 1, without its end.
  std::string_view line(int number) const;

 private:
  /// Byte of the file that holds byte `at` of the scalar's value.
  std::size_t offset_within(const Node& scalar, std::size_t at) const;
  std::size_t after_blank(std::size_t at, bool block, bool literal, std::size_t indent, bool one_space) const;

  std::size_t characters_before(std::size_t offset) const;

  std::string file_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> characters_;  ///< before every 256th byte
};

}  // namespace waggle::flows::yaml
