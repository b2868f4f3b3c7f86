// HTTP requests and answers as plain data, for the front door and the outbound client alike. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::http {

using Headers =
    std::vector<std::pair<std::string, std::string>>;  ///< in order; names lower case when received

/// The first header of that name (any case); empty when there is none.
std::string_view header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string path;   ///< percent-encoded as received, without the query
  std::string query;  ///< behind `?`, as received
  Headers headers{};
  std::string body{};
  std::string remote;  ///< the peer's address
};

struct Reply {
  int status = 200;
  Headers headers{};
  std::string body{};

  static Reply text(int status, std::string body);
  static Reply json(int status, std::string body);
};

struct OutboundRequest {
  std::string method = "GET";
  std::string url{};
  Headers headers{};
  std::string body{};
  std::chrono::milliseconds timeout{30'000};   ///< whole exchange
  std::size_t max_response_bytes = 16u << 20;  ///< a larger answer is an error
};

struct OutboundResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
  std::chrono::milliseconds took{0};
};

}  // namespace waggle::http
