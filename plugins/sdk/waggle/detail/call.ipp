// Included by call.hpp alone.
#pragma once

#include <waggle/call.hpp>

namespace waggle {

inline Secret Context::secret(std::string_view name) const {
  const std::string& text = setting(name).as_string();
  if (!text.empty()) return Secret(text);
  const std::string where =
      connection().empty() ? "there is no connection, so no" : "the connection " + connection() + " has no";
  throw denied(where + " " + std::string(name) + "; set it", "missing_secret");
}

inline Incoming::Incoming(std::shared_ptr<const Json> head, std::shared_ptr<const std::string> body)
    : Context(std::move(head)), body_(std::move(body)) {}

inline const std::string& Incoming::header(std::string_view name) const {
  for (const Json& pair : headers().items())
    if (same_name(pair.at(std::size_t{0}).as_string(), name)) return pair.at(std::size_t{1}).as_string();
  return detail::no_text();
}

inline std::vector<std::string> Incoming::headers(std::string_view name) const {
  std::vector<std::string> out;
  for (const Json& pair : headers().items())
    if (same_name(pair.at(std::size_t{0}).as_string(), name))
      out.push_back(pair.at(std::size_t{1}).as_string());
  return out;
}

inline const Json& Incoming::json() const {
  if (!json_) json_ = std::make_shared<const Result<Json>>(Json::parse(*body_));
  if (!json_->ok()) throw invalid("the body of the request is " + json_->error().message, "bad_json");
  return json_->value();
}

}  // namespace waggle
