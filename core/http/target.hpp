// What a request line may ask for (RFC 9112, 3.2) and what a Host header may say. Used by the request parser;
// any thread.
#pragma once

#include <string>
#include <string_view>

namespace waggle::http {

struct Target {
  std::string path;  ///< percent-encoded, begins with `/`, or is `*`
  std::string query;
};

/// Splits `/a?b`, `http://host/a?b` and (for OPTIONS) `*`. Returns an empty string, or why the target is
/// refused: a fragment, bytes outside visible ASCII, a bad escape, a NUL, or `..` in any disguise.
std::string read_target(std::string_view method, std::string_view raw, Target& target);

/// host [":" port], with names, IPv4 and [IPv6]; no user part.
bool is_host(std::string_view value);

/// Methods that are handed to the handler. TRACE echoes secrets, CONNECT makes us a proxy, and unknown words
/// are typing mistakes or other protocols.
bool is_served_method(std::string_view method);

/// Decodes %XX once. False for a bad escape or a decoded NUL.
bool percent_decode(std::string_view encoded, std::string& decoded);

/// True if a segment of the decoded path is `..`; a backslash separates too, because Windows clients think
/// so.
bool climbs(std::string_view decoded_path);

}  // namespace waggle::http
