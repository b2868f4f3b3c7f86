// The shared collection of hostile and legal inputs, found beside the checkout or by WAGGLE_SHARED. For the
// SDK's tests.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace waggle::test_data {

struct Input {
  std::string path;      ///< under bad-inputs/
  std::string expected;  ///< accept, reject, either, preserve, inert
  std::string text;
};

inline std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The inputs whose group begins with `group`; empty when the collection is not here.
inline std::vector<Input> inputs(const std::string& group) {
  const char* const told = std::getenv("WAGGLE_SHARED");
  const std::string folder =
      (told ? std::string(told) : std::string(WAGGLE_SOURCE_DIR "/../shared")) + "/bad-inputs/";
  std::ifstream index(folder + "INDEX.tsv");
  std::vector<Input> out;
  for (std::string line; std::getline(index, line);) {
    std::istringstream fields(line);
    Input input;
    std::string in_group;
    std::getline(fields, input.path, '\t');
    std::getline(fields, in_group, '\t');
    std::getline(fields, input.expected, '\t');
    if (in_group.rfind(group, 0) != 0) continue;
    input.text = read(folder + input.path);
    out.push_back(std::move(input));
  }
  return out;
}

}  // namespace waggle::test_data
