// Addresses to listen on, as people write them. Used by the server and the command line; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <waggle/result.hpp>

namespace waggle::http {

struct ListenAddress {
  std::string host;        ///< without brackets
  std::uint16_t port = 0;  ///< 0: any free one
};

/// `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`, `:8080` or `8080` (all addresses, both IPv4 and IPv6).
/// Errors: invalid (not an address and port).
Result<ListenAddress> read_listen_address(std::string_view text);

/// The same in one piece; brackets around IPv6.
std::string to_string(const ListenAddress& address);

}  // namespace waggle::http
