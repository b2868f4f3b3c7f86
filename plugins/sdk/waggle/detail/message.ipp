// Pieces of the boundary's JSON that several headers read or write: headers and errors. See
// docs/plugin-abi.md.
#pragma once

#include <waggle/encoding.hpp>
#include <waggle/json.hpp>
#include <waggle/result.hpp>

namespace waggle::detail {

/// [[name, value], ...]
inline Json pairs_to_json(const Pairs& pairs) {
  Json out = Json::array();
  for (const auto& [name, value] : pairs) out.push(Json::array(name, value));
  return out;
}

inline Pairs pairs_from_json(const Json& json) {
  Pairs out;
  out.reserve(json.size());
  for (const Json& pair : json.items())
    out.emplace_back(pair.at(std::size_t{0}).to_text(), pair.at(std::size_t{1}).to_text());
  return out;
}

inline Json error_to_json(const Error& error) {
  Json out{{"next", to_string(error.next)}, {"message", error.message}};
  if (!error.code.empty()) out.set("code", error.code);
  if (error.after) out.set("after_ms", error.after->count());
  return out;
}

/// An error without a known `next` is a bug of whoever sent it.
inline Error error_from_json(const Json& json) {
  Error out{next_from(json.text("next")), json.text("message"), json.text("code")};
  if (out.next == Next::unset) out = bug("an error of no known kind came: " + json.dump(), "bad_error");
  if (out.message.empty()) out.message = "an error without a message";
  if (json.at("after_ms").is_number()) out.after = std::chrono::milliseconds(json.at("after_ms").as_int());
  return out;
}

}  // namespace waggle::detail
