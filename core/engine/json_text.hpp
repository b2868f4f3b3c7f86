// JSON written straight into a text, for what is written once per event or call: building values for it first
// costs more than all else around it. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waggle/json.hpp>

namespace waggle::engine {

/// `text` as a JSON string; bytes that are not UTF-8 become U+FFFD.
inline void append_string(std::string& out, std::string_view text) { detail::append_json_string(out, text); }

/// The key of the next member of the object that `out` ends in; the value is the caller's to append.
inline void append_key(std::string& out, std::string_view key) {
  if (out.back() != '{') out += ',';
  append_string(out, key);
  out += ':';
}

/// A member whose value is a text.
inline void append_member(std::string& out, std::string_view key, std::string_view value) {
  append_key(out, key);
  append_string(out, value);
}

/// The same, left out when there is nothing to say.
inline void append_unless_empty(std::string& out, std::string_view key, std::string_view value) {
  if (!value.empty()) append_member(out, key, value);
}

/// A member whose value is `[["name","value"],...]`, as headers cross the plugin boundary.
inline void append_pairs(std::string& out, std::string_view key,
                         const std::vector<std::pair<std::string, std::string>>& pairs) {
  append_key(out, key);
  out += '[';
  for (const auto& [name, value] : pairs) {
    out += out.back() == '[' ? "[" : ",[";
    append_string(out, name);
    out += ',';
    append_string(out, value);
    out += ']';
  }
  out += ']';
}

}  // namespace waggle::engine
