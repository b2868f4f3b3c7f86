// See client_exchange.hpp.
#include "core/http/client_exchange.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

std::string in_seconds(std::chrono::milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (time.count() % 1000 != 0) text += "." + std::to_string(time.count() % 1000 / 100);
  return text + " s";
}

Error no_answer(std::string words) { return retry(std::move(words), {}, "no_answer"); }

}  // namespace

bool Exchange::is_repeatable() const {
  static constexpr std::array<std::string_view, 6> idempotent{"GET",   "HEAD", "OPTIONS",
                                                              "TRACE", "PUT",  "DELETE"};
  return std::find(idempotent.begin(), idempotent.end(), request.method) != idempotent.end();
}

std::string Exchange::name(const Url& whom) const {
  return &whom == url.get() ? url->host : "the proxy " + whom.host + " on the way to " + url->host;
}

Error Exchange::did_not_connect(const Url& whom, Clock::time_point when) const {
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(when - started);
  return no_answer(name(whom) + " did not answer within " + in_seconds(waited) +
                   " when we wanted to connect; it is down or out of reach: check its name, or try later");
}

Error Exchange::timed_out(const Url& whom) const {
  return no_answer(name(whom) + " did not answer within " + in_seconds(request.timeout) +
                   "; it is slow or out of reach: try later or raise the time-out");
}

Error Exchange::no_address(const std::string& why) const {
  if (proxy)
    return no_answer("there is no address for the proxy " + proxy->host + " on the way to " + url->host +
                     "; check the setting http_proxy or https_proxy (" + why + ")");
  return no_answer("there is no address for the name " + url->host +
                   "; check its spelling and this machine's DNS (" + why + ")");
}

Error Exchange::no_connection(const std::string& why) const {
  const std::string where = proxy ? "the proxy " + proxy->host_and_port() : url->host_and_port();
  return no_answer(where + " does not take connections; check that the service runs and the port is right (" +
                   why + ")");
}

Error Exchange::no_tunnel(const std::string& why) const {
  return no_answer("the proxy " + proxy->host_and_port() + " does not let us through to " + url->host + ": " +
                   why + "; check the setting https_proxy");
}

Error Exchange::distrusted(const std::string& why) const {
  return no_answer("the certificate of " + url->host +
                   " cannot be trusted; check its name, its date and this machine's CA list (" + why + ")");
}

Error Exchange::no_tls(const std::string& why) const {
  return no_answer(url->host + " and we found no common TLS; check that " + url->host_and_port() +
                   " speaks https (" + why + ")");
}

Error Exchange::not_http() const {
  return no_answer(url->host_and_port() + " does not speak HTTP; check the port");
}

Error Exchange::closed_early(const std::string& why) const {
  return no_answer(url->host + " closed the connection before its answer was complete; try again (" + why +
                   ")");
}

Error Exchange::unreadable(int status, const std::string& why) const {
  constexpr int too_many_requests = 429, server_error = 500;
  const std::string words =
      url->host_and_port() + " answered " + std::to_string(status) + ", but " + why + " cannot be read";
  if (status >= server_error || status == too_many_requests) return no_answer(words + "; try again");
  return failed(words + "; look there whether it was done before you send it again", "unreadable_answer");
}

Error Exchange::too_large() const {
  return failed("the answer of " + url->host + " is longer than the limit of " +
                    std::to_string(request.max_response_bytes) + " bytes (headers " +
                    std::to_string(max_response_header_bytes) + "); ask for less, or raise the limit",
                "answer_too_large");
}

Error Exchange::stopping() const {
  return retry("the call to " + url->host +
               " was cut off because Waggle is stopping; it is made again after the start");
}

}  // namespace waggle::http
