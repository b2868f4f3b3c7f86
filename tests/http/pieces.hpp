// The request parser on its own, fed in pieces of any size. For these tests only.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/request_parser.hpp"

namespace waggle::http::test {

/// The first request of `bytes` as one line, or the refusal's status, or `more` when it is not complete.
inline std::string parse_in_pieces(std::string_view bytes, std::size_t piece, const ServerLimits& limits) {
  RequestParser parser(limits);
  std::optional<Refusal> refusal;
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size() || !waiting.empty();) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    waiting.append(bytes.substr(at, size));
    at += size;
    std::size_t used = 0;
    do {
      used = parser.take(waiting, refusal);
      waiting.erase(0, used);
      if (refusal) return "refused " + std::to_string(refusal->status);
      if (parser.state() == RequestParser::State::done) {
        std::string out =
            parser.request().method + " " + parser.request().path + " " + parser.request().query;
        for (const auto& [name, value] : parser.request().headers) out += "\n" + name + ": " + value;
        return out + "\n\n" + parser.request().body;
      }
    } while (used != 0);
    if (size == 0) break;
  }
  return "more";
}

}  // namespace waggle::http::test
