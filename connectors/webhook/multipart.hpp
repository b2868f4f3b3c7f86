// multipart/form-data as JSON, and the parameters of headers. A file is {"filename", "type", "size", "text"
// or "base64"}; its name is data and never a path of ours. Parts inside of parts are not looked into. Any
// thread. Sources: RFC 7578, RFC 2046 section 5.1 (read 2026-11)
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <waggle/encoding.hpp>
#include <waggle/json.hpp>

#include "forms.hpp"

namespace waggle::webhook {

inline constexpr std::size_t longest_boundary = 70;         ///< RFC 2046
inline constexpr std::size_t largest_part_head = 8 * 1024;  ///< the headers of one part
inline constexpr std::size_t largest_file =
    1024 * 1024;  ///< an event holds the content; larger ones belong elsewhere

inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The parameter of a header like `form-data; name="a"; filename="b"`. A backslash escapes within quotes only
/// before a quote or another backslash (browsers send file names with single backslashes).
inline std::optional<std::string> parameter(std::string_view header, std::string_view wanted) {
  std::size_t at = std::min(header.find(';'), header.size());
  while (at < header.size()) {
    ++at;
    const auto equals = header.find_first_of("=;", at);
    if (equals == header.npos) return std::nullopt;
    const std::string name = lower(trim(header.substr(at, equals - at)));
    at = equals;
    if (header[equals] == ';') continue;
    ++at;
    while (at < header.size() && header[at] == ' ') ++at;
    std::string value;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        const bool escape =
            header[at] == '\\' && at + 1 < header.size() && (header[at + 1] == '"' || header[at + 1] == '\\');
        value += header[escape ? ++at : at];
      }
      at = std::min(header.find(';', at), header.size());
    } else {
      const auto end = std::min(header.find(';', at), header.size());
      value = trim(header.substr(at, end - at));
      at = end;
    }
    if (name == wanted) return value;
  }
  return std::nullopt;
}

struct Part {
  std::string name, type;
  std::optional<std::string> filename;
  std::string_view content;
};

inline Part read_part(std::string_view bytes) {
  Part out;
  // A part without headers begins with the empty line itself.
  const auto head_end = bytes.starts_with("\r\n") ? 0 : bytes.find("\r\n\r\n");
  if (head_end == bytes.npos || head_end > largest_part_head)
    refuse(400, "a part of the multipart form has no end of its headers within 8 KiB", "bad_multipart");
  out.content = bytes.substr(head_end == 0 ? 2 : head_end + 4);
  std::string_view head = bytes.substr(0, head_end);
  bool named = false;
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string field = lower(trim(line.substr(0, colon)));
    const std::string_view value = trim(line.substr(colon + 1));
    if (field == "content-type") out.type = value;
    if (field != "content-disposition") continue;
    if (lower(trim(value.substr(0, value.find(';')))) != "form-data") continue;
    if (const auto name = parameter(value, "name")) {
      out.name = *name;
      named = true;
    }
    out.filename = parameter(value, "filename");
  }
  if (!named) refuse(400, "a part of the multipart form has no name", "bad_multipart");
  return out;
}

inline Json file_to_json(const Part& part) {
  if (part.content.size() > largest_file)
    refuse(413, "the file in field " + part.name + " is larger than 1 MiB", "file_too_large");
  const std::string type = lower(part.type.substr(0, part.type.find(';')));
  const bool text_type = type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml");
  // U+FFFD would change a text's bytes, so what is not UTF-8 goes as base64 whatever its type says.
  const std::string content(part.content);
  const bool text = text_type && Json::parse(Json(content).dump()).ok() &&
                    Json::parse(Json(content).dump()).value().as_string() == content;
  Json out{{"filename", *part.filename},
           {"type", type.empty() ? "application/octet-stream" : type},
           {"size", content.size()}};
  out.set(text ? "text" : "base64", text ? content : to_base64(content));
  return out;
}

inline Json multipart_to_json(std::string_view content_type, std::string_view body) {
  const auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > longest_boundary)
    refuse(400, "the multipart form names no boundary of 1 to 70 characters", "bad_multipart");
  const std::string first = "--" + *boundary, next = "\r\n" + first;
  std::size_t at = body.starts_with(first) ? 0 : body.find(next);
  if (at == body.npos)
    refuse(400, "the boundary of the multipart form does not come in its body", "bad_multipart");
  at += at == 0 && body.starts_with(first) ? first.size() : next.size();
  FormFields fields;
  while (!body.substr(at).starts_with("--")) {
    while (at < body.size() && (body[at] == ' ' || body[at] == '\t')) ++at;  // RFC 2046 allows padding here
    if (!body.substr(at).starts_with("\r\n"))
      refuse(400, "a boundary of the multipart form does not end its line", "bad_multipart");
    at += 2;
    const auto end = body.find(next, at);
    if (end == body.npos)
      refuse(400, "the multipart form breaks off: its closing boundary is missing", "bad_multipart");
    const Part part = read_part(body.substr(at, end - at));
    fields.add(part.name, part.filename ? file_to_json(part) : Json(part.content));
    at = end + next.size();
  }
  return fields.take();
}

}  // namespace waggle::webhook
