// HTTP from inside an operation: Response reply = co_await http::post(url).bearer(token).json({...});
// The host performs it: TLS, proxies, time-outs, address guard and connection reuse are its business.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waggle/encoding.hpp>
#include <waggle/json.hpp>
#include <waggle/operation.hpp>
#include <waggle/result.hpp>
#include <waggle/secret.hpp>

namespace waggle {
namespace http {
class Request;
}

/// The answer to a request.
class Response {
 public:
  Response() = default;
  Response(int status, Pairs headers, std::string body);

  int status() const { return status_; }
  bool ok() const { return status_ >= 200 && status_ < 300; }
  /// The first header of that name, whatever its letters' case; empty when there is none.
  const std::string& header(std::string_view name) const;
  std::vector<std::string> headers(std::string_view name) const;
  const Pairs& headers() const { return headers_; }
  const std::string& body() const { return body_; }

  /// The body as JSON. Throws: `retry` when the status is 5xx, else `failed`, saying what was answered
  /// instead of JSON.
  const Json& json() const;
  Result<Json> json_or_error() const;

  /// Retry-After (seconds or a date), at most a day; nullopt when absent or unreadable.
  std::optional<std::chrono::milliseconds> retry_after() const;
  /// "POST https://slack.com/api/chat.postMessage": for messages; without the query, which may hold a secret.
  const std::string& request() const { return request_; }

 private:
  friend class http::Request;
  int status_ = 0;
  Pairs headers_;
  std::string body_;
  std::string request_ = "the request";
  Time received_;
  mutable std::optional<Result<Json>>
      json_;  // parsed when first asked for; a Response is used by one thread at a time
};

/// The usual mapping of answers to errors: 401 and 403 denied; 408, 429 and 5xx retry with Retry-After; any
/// other status from 400 on failed; a 1xx or 3xx failed too. `said`: the vendor's own words, when the caller
/// found them in the body.
Error error_for_status(const Response& response, std::string_view said = {});
/// Throws error_for_status(response) unless the status is 2xx.
void throw_for_status(const Response& response, std::string_view said = {});

namespace http {

/// A request in the making; co_await sends it. Throws `invalid` for header names or values that would break
/// the message.
class Request {
 public:
  Request(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}

  Request& header(std::string_view name, std::string_view value);  ///< replaces one of the same name
  Request& header(std::string_view name, const Secret& value) { return header(name, value.reveal()); }
  Request& bearer(const Secret& token) { return header("authorization", "Bearer " + token.reveal()); }
  Request& basic(std::string_view user, const Secret& password);
  Request& query(std::string_view name,
                 const Json& value);  ///< appended to the URL, encoded; null is left out
  Request& json(const Json& value);   ///< body, and its content-type
  Request& form(
      const Json& fields);  ///< body of an object's members, a list as repeated ones, and its content-type
  Request& body(std::string bytes, std::string_view content_type);
  Request& timeout(std::chrono::milliseconds time);  ///< of the whole exchange; default: the host's

  const std::string& method() const { return method_; }
  const std::string& url() const { return url_; }
  const Pairs& headers() const { return headers_; }
  const std::string& body() const { return body_; }

  void ask(detail::Session& session) const;
  Response answer(detail::Session& session) const;

 private:
  std::string method_;
  std::string url_;
  Pairs headers_;
  std::string body_;
  std::optional<std::chrono::milliseconds> timeout_;
};

inline Request request(std::string method, std::string url) { return {std::move(method), std::move(url)}; }
inline Request get(std::string url) { return {"GET", std::move(url)}; }
inline Request post(std::string url) { return {"POST", std::move(url)}; }
inline Request put(std::string url) { return {"PUT", std::move(url)}; }
inline Request patch(std::string url) { return {"PATCH", std::move(url)}; }
inline Request del(std::string url) { return {"DELETE", std::move(url)}; }

}  // namespace http
}  // namespace waggle

#include <waggle/detail/http.ipp>
