// YAML text -> Node tree. Called by the loaders of flow files and project files; pure, any thread.
//
// The subset: one document, no tags, no anchors and aliases, no merge keys, no duplicate keys, keys are plain
// names. What is left out is exactly what makes YAML files surprising or dangerous; everything is refused
// with its line.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "flows/problem.hpp"
#include "flows/yaml/node.hpp"
#include "flows/yaml/source.hpp"

namespace waggle::flows::yaml {

inline constexpr std::size_t max_file_bytes = 1u << 20;  ///< a flow of 1 MiB is generated or hostile
inline constexpr int max_depth = 64;               ///< people nest 10 deep; readers recurse this deep at most
inline constexpr std::size_t max_nodes = 100'000;  ///< bounds the memory of a loaded file to some 20 MB

struct Parsed {
  Node root;  ///< null when the file is empty
  std::shared_ptr<const Source> source;
  Problems problems;  ///< errors only; with any of them `root` is not to be used

  bool ok() const { return problems.empty(); }
};

/// `file` is how problems name the file. Codes: yaml_syntax, yaml_unsupported, duplicate_key, too_big.
Parsed parse(std::string_view text, std::string_view file);

}  // namespace waggle::flows::yaml
