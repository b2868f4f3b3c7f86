// An address that is listened on. Used by the server and the command line; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace waggle::http {

struct ListenAddress {
  std::string host;        ///< without brackets
  std::uint16_t port = 0;  ///< 0: any free one
};

/// In one piece; brackets around IPv6.
std::string to_string(const ListenAddress& address);

}  // namespace waggle::http
