// See request_parser.hpp. Rules: RFC 9110 and 9112.
#include "core/http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "core/http/ascii.hpp"
#include "core/http/target.hpp"

namespace waggle::http {
namespace {

namespace beast_http = boost::beast::http;

/// Some clients send one CRLF too many behind a body (RFC 9112, 2.2); more is a flood.
constexpr std::size_t max_blank_lines = 2;
/// What RFC 9112 asks receivers to take at least.
constexpr std::size_t max_target_bytes = 8000;
/// Extensions mean nothing to us; this is room enough for a signature per chunk in small bodies.
constexpr std::size_t max_extension_bytes = 4096;
constexpr std::size_t max_trailers = 32;
/// `0 CRLF CRLF`: no chunked body ends in fewer bytes, and Beast wants to see that many when it looks again.
constexpr std::size_t shortest_chunk_end = 5;
/// Memory taken at once on the word of a Content-Length; the rest as it arrives.
constexpr std::size_t trusted_length = 256u << 10;
constexpr std::size_t usual_field_count = 16;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

HeadWatch::Sees HeadWatch::look(std::string_view bytes, std::size_t& seen) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const char c = bytes[i];
    switch (at_) {
      case At::line_start:
        if (c == ' ' || c == '\t') return Sees::folded_line;
        empty_line_ = c == '\r';
        at_ = At::in_line;
        break;
      case At::after_cr:
        if (c != '\n') return Sees::bad_line_end;
        ++i;
        at_ = At::line_start;
        if (!std::exchange(empty_line_, false)) break;
        seen = i;
        return Sees::end;
      default: {
        const std::string_view rest = bytes.substr(i);
        const std::string_view line = rest.substr(0, rest.find('\r'));
        if (line.find('\n') != std::string_view::npos) return Sees::bad_line_end;
        i += line.size();
        if (i == bytes.size()) break;
        ++i;
        at_ = At::after_cr;
      }
    }
  }
  seen = bytes.size();
  return Sees::more;
}

RequestParser::RequestParser(const ServerLimits& limits) : limits_(limits) {
  // Our own checks come first; Beast's must not be stricter by accident.
  header_limit(static_cast<std::uint32_t>(limits.max_header_bytes + shortest_chunk_end));
  body_limit(boost::none);
}

std::size_t RequestParser::take(std::string_view bytes, std::optional<Refusal>& refusal) {
  std::size_t used = 0;
  if (state_ == State::head) {
    if (!begun_ && !skip_blank_lines(bytes, used, refusal)) return used;
    return used + take_head(bytes.substr(used), refusal);
  }
  return state_ == State::body ? take_body(bytes, refusal) : 0;
}

/// False while no request line is in sight.
bool RequestParser::skip_blank_lines(std::string_view bytes, std::size_t& used,
                                     std::optional<Refusal>& refusal) {
  while (bytes.substr(used, 2) == "\r\n") {
    used += 2;
    if (++blank_lines_ <= max_blank_lines) continue;
    refusal = Refusal{400, "there are too many empty lines before the request"};
    return false;
  }
  const std::string_view rest = bytes.substr(used);
  begun_ = !rest.empty() && rest != "\r";
  return begun_;
}

std::size_t RequestParser::take_head(std::string_view bytes, std::optional<Refusal>& refusal) {
  std::size_t seen = 0;
  const HeadWatch::Sees sees = watch_.look(bytes.substr(watched_), seen);
  if (sees == HeadWatch::Sees::folded_line)
    refusal = Refusal{400, "a header line begins with white space; write each header on one line"};
  if (sees == HeadWatch::Sees::bad_line_end) refusal = Refusal{400, "lines of a head end in CR LF"};
  if (refusal) return 0;
  watched_ += seen;
  const std::string_view head = bytes.substr(0, watched_);
  if (head_bytes_ + watched_ > limits_.max_header_bytes) {
    const bool in_request_line = head_bytes_ == 0 && head.find('\n') > limits_.max_header_bytes;
    refusal = in_request_line ? Refusal{414, "the request line is too long"}
                              : Refusal{431, "the headers are longer than " +
                                                 std::to_string(limits_.max_header_bytes) + " bytes"};
    return 0;
  }
  const std::size_t used = feed(head, refusal);
  head_bytes_ += used;
  watched_ -= used;
  if (refusal || sees != HeadWatch::Sees::end) return used;
  refusal = is_header_done() ? check_head() : Refusal{400, "the head of the request is not valid HTTP/1.1"};
  if (refusal) return used;
  state_ = finished_ ? State::done : State::body;
  request_.body.reserve(std::min<std::uint64_t>(length_, trusted_length));
  eager(true);
  return used;
}

std::size_t RequestParser::take_body(std::string_view bytes, std::optional<Refusal>& refusal) {
  if (bytes.empty() || (chunked() && chunk_left_ == 0 && bytes.size() < shortest_chunk_end)) return 0;
  const std::size_t used = feed(bytes, refusal);
  if (finished_) state_ = State::done;
  // What is left over is the line of a chunk or the trailers; both must end some time.
  if (!refusal && !finished_ && bytes.size() - used >= limits_.max_header_bytes)
    refusal = Refusal{400, "a chunk's size line or the trailers are longer than " +
                               std::to_string(limits_.max_header_bytes) + " bytes"};
  return used;
}

std::size_t RequestParser::feed(std::string_view bytes, std::optional<Refusal>& refusal) {
  Code error;
  const std::size_t used = put({bytes.data(), bytes.size()}, error);
  if (error && error != beast_http::error::need_more) refusal = refusal_ ? *refusal_ : words_for(error);
  return used;
}

std::optional<Refusal> RequestParser::check_head() {
  if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11)) return Refusal{400, "send exactly one Host header"};
  if (lengths_ > 1) return Refusal{400, "send Content-Length once"};
  if (codings_ > 1) return Refusal{400, "send Transfer-Encoding once"};
  if (codings_ != 0 && lengths_ != 0)
    return Refusal{400, "send Content-Length or Transfer-Encoding, not both"};
  if (codings_ != 0 && version_ < 11) return Refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (length_ > limits_.max_body_bytes)
    return Refusal{413, "the body is longer than " + std::to_string(limits_.max_body_bytes) + " bytes"};
  keep_alive_ = version_ >= 11 && basic_parser::keep_alive();
  wants_continue_ = expects_ && version_ >= 11 && !finished_;
  return {};
}

Refusal RequestParser::words_for(const Code& error) const {
  if (error == beast_http::error::header_limit) return {431, "a header is too long"};
  if (error == beast_http::error::bad_version) return {505, "speak HTTP/1.1 or HTTP/1.0"};
  return {400, "this is not valid HTTP/1.1: " + error.message()};
}

void RequestParser::refuse(int status, std::string text, Code& error) {
  refusal_ = Refusal{status, std::move(text)};
  error = boost::system::errc::make_error_code(boost::system::errc::bad_message);
}

void RequestParser::on_request_impl(beast_http::verb, View method, View target, int version, Code& error) {
  version_ = version;
  if (!is_served_method(view(method))) return refuse(501, "this method is not served here", error);
  if (target.size() > max_target_bytes) return refuse(414, "the address is too long", error);
  Target parts;
  if (std::string why = read_target(view(method), view(target), parts); !why.empty())
    return refuse(400, std::move(why), error);
  request_.method = view(method);
  request_.path = std::move(parts.path);
  request_.query = std::move(parts.query);
  request_.headers.reserve(usual_field_count);
}

void RequestParser::on_field_impl(beast_http::field known, View name, View value, Code& error) {
  if (state_ == State::body) {  // a trailer: dropped, so that it can never pass for a header
    if (++trailer_count_ > max_trailers) refuse(431, "there are too many trailers", error);
    return;
  }
  if (++field_count_ > limits_.max_headers)
    return refuse(431, "there are more than " + std::to_string(limits_.max_headers) + " headers", error);
  auto& entry = request_.headers.emplace_back(lower(view(name)), view(value));
  using beast_http::field;
  if (known == field::host || known == field::content_length || known == field::transfer_encoding ||
      known == field::expect)
    framing_field(entry.first, entry.second, error);
}

void RequestParser::framing_field(std::string_view name, std::string_view value, Code& error) {
  if (name == "host") {
    ++hosts_;
    if (!is_host(value)) refuse(400, "the Host header is not a host name", error);
  } else if (name == "content-length") {
    length_field(value, error);
  } else if (name == "transfer-encoding") {
    ++codings_;
    if (!same_word(value, "chunked")) refuse(501, "the only Transfer-Encoding taken is chunked", error);
  } else if (name == "expect") {
    expects_ = same_word(value, "100-continue");
    if (!expects_) refuse(417, "the only expectation met is 100-continue", error);
  }
}

void RequestParser::length_field(std::string_view value, Code& error) {
  constexpr std::size_t most_digits = 19;  // any 19 digits fit into 64 bits
  ++lengths_;
  if (value.empty() || value.size() > most_digits ||
      !std::all_of(value.begin(), value.end(), [](char c) { return http::is_digit(c); }))
    return refuse(400, "Content-Length is not a plain number", error);
  length_ = 0;
  for (char c : value) length_ = length_ * 10 + static_cast<std::uint64_t>(c - '0');
}

void RequestParser::append(View body, Code& error) {
  if (request_.body.size() + body.size() > limits_.max_body_bytes)
    return refuse(413, "the body is longer than " + std::to_string(limits_.max_body_bytes) + " bytes", error);
  request_.body.append(body.data(), body.size());
}

std::size_t RequestParser::on_body_impl(View body, Code& error) {
  append(body, error);
  return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, View extensions, Code& error) {
  extension_bytes_ += extensions.size();
  if (extension_bytes_ > max_extension_bytes || !is_header_value(view(extensions)))
    return refuse(400, "the chunk extensions are too long or have control characters", error);
  if (size > limits_.max_body_bytes || request_.body.size() + size > limits_.max_body_bytes)
    return refuse(413, "the body is longer than " + std::to_string(limits_.max_body_bytes) + " bytes", error);
  chunk_left_ = size;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t remain, View body, Code& error) {
  chunk_left_ = remain - body.size();
  append(body, error);
  return body.size();
}

void RequestParser::on_finish_impl(Code&) { finished_ = true; }

}  // namespace waggle::http
