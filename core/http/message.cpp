// See message.hpp.
#include "core/http/message.hpp"

#include "core/http/ascii.hpp"

namespace waggle::http {

std::string_view header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_word(key, name)) return value;
  return {};
}

Reply Reply::text(int status, std::string body) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::move(body)};
}

Reply Reply::json(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

}  // namespace waggle::http
