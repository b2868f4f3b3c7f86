// Node: one value of a YAML file, with its place. Plain data made by yaml::parse and read by the loaders of
// flows and project files; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>

namespace waggle::flows::yaml {

/// YAML 1.2 core, with one difference: a number is what JSON calls a number. `00123`, `0o17`, `+1` and `.5`
/// are text, so that a stock number or a zip code stays what it was. `NO`, `yes`, `on` and `12:30:45` are
/// text, as in the core schema.
enum class Kind { null, boolean, number, text, list, mapping };

enum class Style { plain, single_quoted, double_quoted, literal, folded, collection };

struct Entry;

struct Node {
  Kind kind = Kind::null;
  Style style = Style::plain;
  int line = 0;            ///< from 1
  int column = 0;          ///< from 1, in characters
  std::size_t offset = 0;  ///< of the first byte in the file
  std::string text;        ///< of a scalar, also of null, booleans and numbers: as it was written
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< in the order of the file; keys are unique

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind != Kind::list && kind != Kind::mapping; }
  bool is_text() const { return kind == Kind::text; }
  bool is_list() const { return kind == Kind::list; }
  bool is_mapping() const { return kind == Kind::mapping; }
  /// The value of a key; nullptr when there is none or this is no mapping.
  const Node* find(std::string_view key) const;
  /// "a text", "a list" ...: for messages.
  std::string_view kind_name() const;
};

struct Entry {
  Node key;  ///< always a scalar; its `text` is the name
  Node value;
};

/// The same as JSON; numbers keep their digits.
Json to_json(const Node& node);

}  // namespace waggle::flows::yaml
