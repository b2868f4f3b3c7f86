// What apps would answer, for runs that send nothing: from a file of the user's, or from the sample that a
// connector brings for the action. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/http/message.hpp"
#include "plugins/host/plugin.hpp"

namespace waggle::cli {

struct CannedAnswer {
  int status = 200;
  http::Headers headers = {};
  std::string body = {};
  std::optional<Error> error = {};  ///< set: there was no answer
  std::string from = {};            ///< for people: "the answers file"
};

/// A YAML or JSON file: steps to their answers.
///
///     slack.post_message: { status: 200, body: { ok: true, ts: "1.2" } }   # each time
///     http.get: [ 503, { body: [ 1, 2 ] }, { error: connection refused } ]   # in this order, then none
///
/// A step is named by its `name`, its verb, or its key in the run.
class CannedAnswers {
 public:
  CannedAnswers() = default;
  /// `file` is for messages. Errors: invalid (with file, line and what would be right).
  static Result<CannedAnswers> read(std::string_view text, std::string_view file);

  /// Whether one of these names has answers at all.
  bool knows(const std::vector<std::string>& names) const;
  /// The next answer for the first of these names that has any; nullopt when they are used up.
  std::optional<CannedAnswer> next(const std::vector<std::string>& names);
  /// Names that nobody asked for: mistyped, perhaps.
  std::vector<std::string> unused() const;

 private:
  struct Script {
    std::vector<CannedAnswer> answers = {};
    bool always = false;  ///< one answer, each time
    std::size_t next = 0;
    bool asked = false;
  };
  std::map<std::string, Script, std::less<>> scripts_;
};

/// The sample of an action: what the app answers, in order, and what the action then gives.
struct ActionSample {
  std::vector<CannedAnswer> answers = {};
  Json output = {};
};

/// From the folder NAME.samples beside the plugin's file, where waggle_add_connector() puts it; nullopt when
/// there is none.
std::optional<ActionSample> action_sample(const host::Plugin& plugin, std::string_view action);

}  // namespace waggle::cli
