// See address.hpp.
#include "core/http/address.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace waggle::http {

Result<ListenAddress> read_listen_address(std::string_view text) {
  const auto wrong = [&] {
    return invalid("\"" + std::string(text) +
                       "\" is not an address to listen on; write it like 127.0.0.1:8080 or [::1]:8080",
                   "bad_address");
  };
  const std::size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong();  // ::1:8080 could mean two things
  }
  ListenAddress address{std::string(host.empty() ? "::" : host), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) return wrong();
  boost::system::error_code bad;
  if (address.host != "localhost") boost::asio::ip::make_address(address.host, bad);
  if (bad) return wrong();
  return address;
}

std::string to_string(const ListenAddress& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace waggle::http
