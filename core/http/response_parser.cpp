// See response_parser.hpp.
#include "core/http/response_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t usual_field_count = 8;
/// Memory taken at once on the word of a Content-Length; the rest as it arrives.
constexpr std::size_t trusted_length = 256u << 10;
/// `0 CRLF CRLF`: no chunked body ends in fewer bytes, and Beast wants to see that many when it looks again.
constexpr std::size_t shortest_chunk_end = 5;

constexpr std::size_t status_end = std::string_view("HTTP/1.1 200").size();
constexpr std::string_view line_end = "\r\n";
constexpr std::size_t bare_status_line_bytes = status_end + line_end.size();

/// The beginning of a status line, too short to tell whether it is a bare one.
bool is_short_status_line(std::string_view bytes) {
  return bytes.size() < bare_status_line_bytes &&
         bytes.substr(0, 5) == std::string_view("HTTP/").substr(0, bytes.size());
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

ResponseParser::ResponseParser(bool head_only, std::size_t max_header_bytes, std::size_t max_body_bytes)
    : max_header_bytes_(max_header_bytes), max_body_bytes_(max_body_bytes) {
  header_limit(static_cast<std::uint32_t>(max_header_bytes));
  body_limit(boost::none);  // append's to keep
  skip(head_only);
  eager(true);
}

std::size_t ResponseParser::take(std::string_view bytes) {
  if (is_header_done() && chunked() && chunk_left_ == 0 && bytes.size() < shortest_chunk_end) return 0;
  std::size_t used = got_some() ? 0 : take_bare_status_line(bytes);
  if (!got_some() && is_short_status_line(bytes)) return 0;
  while (state_ == State::open && used < bytes.size()) {
    Code error;
    const std::size_t count = put({bytes.data() + used, bytes.size() - used}, error);
    used += count;
    if (error && error != beast_http::error::need_more) note(error);
    if (count == 0 || error) break;
  }
  if (state_ == State::open && bytes.size() - used > max_header_bytes_) state_ = State::too_large;
  return used;
}

/// `HTTP/1.1 200` CRLF, for which Beast wants a space behind the status, as RFC 9112, 4 does; not all servers
/// send it when no reason follows.
std::size_t ResponseParser::take_bare_status_line(std::string_view bytes) {
  if (bytes.size() < bare_status_line_bytes || !bytes.starts_with("HTTP/") ||
      bytes.substr(status_end, line_end.size()) != line_end)
    return 0;
  Code error;
  const std::string line = std::string(bytes.substr(0, status_end)) + " \r\n";
  put({line.data(), line.size()}, error);
  if (error && error != beast_http::error::need_more) note(error);
  return bare_status_line_bytes;
}

void ResponseParser::end_of_stream() {
  if (state_ != State::open) return;
  Code error;
  if (got_some()) put_eof(error);
  if (state_ == State::open) state_ = State::cut_off;
}

bool ResponseParser::is_interim() const {
  constexpr int switching_protocols = 101;
  return response_.status < 200 && response_.status != switching_protocols;
}

void ResponseParser::note(const Code& error) {
  if (state_ != State::open) return;
  state_ = error == beast_http::error::header_limit ? State::too_large : State::not_http;
}

void ResponseParser::stop(State why, Code& error) {
  state_ = why;
  error = boost::system::errc::make_error_code(boost::system::errc::message_size);
}

void ResponseParser::on_response_impl(int status, View reason, int, Code& error) {
  if (status < 100) return stop(State::not_http, error);
  response_.status = status;
  head_bytes_ += reason.size() + std::string_view("HTTP/1.1 200 \r\n\r\n").size();
  response_.headers.reserve(usual_field_count);
}

void ResponseParser::on_field_impl(beast_http::field, View name, View value, Code& error) {
  head_bytes_ += name.size() + value.size() + std::string_view(": \r\n").size();
  if (head_bytes_ > max_header_bytes_) return stop(State::too_large, error);
  if (is_header_done()) return;  // a trailer
  response_.headers.emplace_back(lower(view(name)), view(value));
}

void ResponseParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Code& error) {
  if (!length) return;
  if (*length > max_body_bytes_) return stop(State::too_large, error);
  response_.body.reserve(std::min<std::uint64_t>(*length, trusted_length));
}

void ResponseParser::append(View body, Code& error) {
  if (response_.body.size() + body.size() > max_body_bytes_) return stop(State::too_large, error);
  response_.body.append(body.data(), body.size());
}

std::size_t ResponseParser::on_body_impl(View body, Code& error) {
  append(body, error);
  return body.size();
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t remain, View body, Code& error) {
  chunk_left_ = remain - body.size();
  append(body, error);
  return body.size();
}

}  // namespace waggle::http
