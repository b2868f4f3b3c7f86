// TLS over a connected socket, as a client: at least 1.2, the server's certificate checked against this
// machine's list of authorities and the host's name. Kept apart, because its headers are heavy. Used by
// outbound connections, on their loop.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/http/loop_types.hpp"

namespace waggle::http {

class Tls {
 public:
  using Done = std::function<void(const Code&, std::size_t bytes)>;
  using Buffers = std::array<boost::asio::const_buffer, 2>;

  /// `socket` must outlive it and what is under way on it; `host` is who must be there, a name or an address.
  /// Null when there is no memory for it.
  static std::unique_ptr<Tls> over(Socket& socket, const std::string& host);

  virtual ~Tls() = default;
  virtual void shake_hands(Done done) = 0;
  virtual void read(boost::asio::mutable_buffer into, Done done) = 0;  ///< some bytes
  virtual void write(const Buffers& all, Done done) = 0;
  /// Why the certificate was not taken; empty if it was, or was not seen.
  virtual std::string distrust() const = 0;
};

}  // namespace waggle::http
