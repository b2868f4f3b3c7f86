// One request from bytes to data, strictly: Beast's parser, and before it and behind it the rules that Beast
// leaves to its users (no folded lines, one Host, one plain Content-Length, only `chunked`, no odd targets).
// Used by a connection, on its loop.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/message.hpp"
#include "core/http/server.hpp"

namespace waggle::http {

/// Why a request is refused. The connection is closed after every refusal: where its next request begins is
/// in doubt.
struct Refusal {
  int status = 0;
  std::string text;
};

/// Watches a head arrive, in whatever pieces: finds its end, folded lines, which Beast would quietly join,
/// and lone CR and LF, which Beast sees only later.
class HeadWatch {
 public:
  enum class Sees { unset, more, end, folded_line, bad_line_end };
  /// `bytes` are those not seen before; with `end`, `seen` counts those that belong to the head, else it is
  /// all of them.
  Sees look(std::string_view bytes, std::size_t& seen);

 private:
  enum class At { unset, in_line, after_cr, line_start };
  At at_ = At::in_line;
  bool empty_line_ = false;
};

class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  enum class State { unset, head, body, done };

  explicit RequestParser(const ServerLimits& limits);

  /// Takes what it can from `bytes` and says how many; a refusal ends the request. Stops behind the head and
  /// behind the body.
  std::size_t take(std::string_view bytes, std::optional<Refusal>& refusal);

  State state() const { return state_; }
  bool begun() const { return begun_; }
  bool wants_continue() const { return wants_continue_; }
  bool keep_alive() const { return keep_alive_; }  ///< HTTP/1.0 is always closed
  Request& request() { return request_; }

 private:
  using View = boost::beast::string_view;
  using Code = boost::beast::error_code;

  bool skip_blank_lines(std::string_view bytes, std::size_t& used, std::optional<Refusal>& refusal);
  std::size_t take_head(std::string_view bytes, std::optional<Refusal>& refusal);
  std::size_t take_body(std::string_view bytes, std::optional<Refusal>& refusal);
  std::size_t feed(std::string_view bytes, std::optional<Refusal>& refusal);
  std::optional<Refusal> check_head();
  Refusal words_for(const Code& error) const;
  void refuse(int status, std::string text, Code& error);
  void framing_field(std::string_view name, std::string_view value, Code& error);
  void length_field(std::string_view value, Code& error);
  void append(View body, Code& error);

  void on_request_impl(boost::beast::http::verb, View method, View target, int version, Code& error) override;
  void on_response_impl(int, View, int, Code&) override {}
  void on_field_impl(boost::beast::http::field, View name, View value, Code& error) override;
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(View body, Code& error) override;
  void on_chunk_header_impl(std::uint64_t, View extensions, Code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, View body, Code& error) override;
  void on_finish_impl(Code&) override;

  const ServerLimits& limits_;
  Request request_;
  HeadWatch watch_;
  State state_ = State::head;
  std::optional<Refusal> refusal_;
  std::size_t watched_ = 0;       ///< bytes of the head that the watch has seen but Beast has not taken
  std::size_t head_bytes_ = 0;    ///< taken so far, the request line included
  std::size_t blank_lines_ = 0;   ///< before the request line
  std::uint64_t chunk_left_ = 0;  ///< of the chunk that is arriving
  std::size_t field_count_ = 0;
  std::size_t trailer_count_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t hosts_ = 0;
  std::size_t lengths_ = 0;
  std::size_t codings_ = 0;
  std::uint64_t length_ = 0;  ///< the Content-Length, when there is one
  int version_ = 0;
  bool begun_ = false;
  bool finished_ = false;  ///< Beast has seen the end of the message
  bool expects_ = false;
  bool wants_continue_ = false;
  bool keep_alive_ = false;
};

}  // namespace waggle::http
