#include "flows/problem.hpp"

#include <algorithm>

namespace waggle::flows {

std::string Problem::to_text() const {
  std::string text = at.file;
  if (at.line > 0) text += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  text += severity == Severity::warning ? " warning " : " error ";
  text += code + " " + message;
  if (!hint.empty()) text += "; " + hint;
  return text;
}

bool has_errors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Severity::error; });
}

}  // namespace waggle::flows
