// A connection to one of several addresses: the next is tried when one fails or a quarter of a second has
// passed, and the first that answers is taken (RFC 8305). Used by outbound connections, on their loop.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/http/loop_types.hpp"

namespace waggle::http {

class Dial : public std::enable_shared_from_this<Dial> {
 public:
  /// The last address' error, or the connected socket. Called once, not before start() has returned.
  using Done = std::function<void(const Code&, Socket)>;

  Dial(boost::asio::io_context& context, std::vector<boost::asio::ip::tcp::endpoint> endpoints, Done done);
  void start();
  void stop();  ///< Done is not called any more

 private:
  void try_next();
  void tried(std::size_t which, const Code& error);
  void close_all();

  boost::asio::io_context& context_;
  const std::vector<boost::asio::ip::tcp::endpoint> endpoints_;
  Done done_;
  std::vector<std::unique_ptr<Socket>> attempts_;
  std::size_t failed_ = 0;
  Timer timer_;
};

}  // namespace waggle::http
