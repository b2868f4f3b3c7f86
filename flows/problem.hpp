// A problem of a project, as `waggle check` prints it: file:line:col severity code message, and a hint. Made
// by the loaders of flows and project files. Plain data; any thread.
#pragma once

#include <string>
#include <vector>

namespace waggle::flows {

struct Position {
  std::string file;  ///< relative to the project folder
  int line = 0;      ///< from 1; 0 = the whole file
  int column = 0;    ///< from 1

  bool operator==(const Position&) const = default;
};

enum class Severity { unset, warning, error };

struct Problem {
  Position at;
  Severity severity = Severity::error;
  std::string code;     ///< frozen word, e.g. "unknown_key"
  std::string message;  ///< one sentence: what is wrong
  std::string hint;     ///< what to write instead; may be empty

  /// `flows/orders.yaml:14:7 error unknown_action there is no action ...; did you mean ...?`
  std::string to_text() const;
};

using Problems = std::vector<Problem>;

bool has_errors(const Problems& problems);

}  // namespace waggle::flows
