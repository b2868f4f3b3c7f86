// ${env.NAME} and ${file.PATH}: how project files point at values that are kept elsewhere. Used by
// core/project while loading; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <waggle/result.hpp>

namespace waggle::secrets {

/// A secret is a line or a key file; a larger file is a mistaken path.
constexpr std::size_t max_referenced_file_bytes = 64u << 10;

/// Where references are looked up.
struct References {
  std::string dir;  ///< relative ${file.PATH}s start here: the project folder
  std::function<std::optional<std::string>(const std::string& name)> environment = process_environment;

  static std::optional<std::string> process_environment(const std::string& name);
};

struct Resolved {
  std::string text;
  std::vector<std::string> found;  ///< each value that was put in, in order
  bool referred = false;           ///< whether there was any reference
};

/// Replaces the references in `text`; `\${` is a literal `${`. The last line end of a file is dropped.
/// Errors: invalid: variable not set, file missing, not readable or too large, an unknown kind of reference,
/// a missing brace. The caller adds the place.
Result<Resolved> resolve(std::string_view text, const References& references);

}  // namespace waggle::secrets
