// One answer from bytes to data, within limits: Beast's parser. Used by an outbound connection, on its loop.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <string_view>

#include "core/http/message.hpp"

namespace waggle::http {

class ResponseParser final : private boost::beast::http::basic_parser<false> {
 public:
  enum class State { unset, open, done, too_large, not_http, cut_off };

  /// `head_only`: the request was HEAD, so no body follows, whatever the headers say.
  ResponseParser(bool head_only, std::size_t max_header_bytes, std::size_t max_body_bytes);

  /// Takes what it can from `bytes` and says how many; the rest is shown again with what follows it.
  std::size_t take(std::string_view bytes);
  /// The peer has closed: the end of some answers, and of others too early.
  void end_of_stream();

  State state() const { return state_; }
  bool begun() const { return got_some(); }
  /// 100 to 199 but 101: the real answer follows.
  bool is_interim() const;
  std::size_t head_bytes() const { return head_bytes_; }
  bool keep_alive() const { return basic_parser::keep_alive(); }
  int status() const { return response_.status; }  ///< 0 before there is one
  OutboundResponse& response() { return response_; }

 private:
  using View = boost::beast::string_view;
  using Code = boost::beast::error_code;

  std::size_t take_bare_status_line(std::string_view bytes);
  void note(const Code& error);
  void append(View body, Code& error);
  void stop(State why, Code& error);

  void on_request_impl(boost::beast::http::verb, View, View, int, Code&) override {}
  void on_response_impl(int status, View reason, int version, Code& error) override;
  void on_field_impl(boost::beast::http::field, View name, View value, Code& error) override;
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code& error) override;
  std::size_t on_body_impl(View body, Code& error) override;
  void on_chunk_header_impl(std::uint64_t size, View, Code&) override { chunk_left_ = size; }
  std::size_t on_chunk_body_impl(std::uint64_t remain, View body, Code& error) override;
  void on_finish_impl(Code&) override { state_ = State::done; }

  const std::size_t max_header_bytes_;
  const std::size_t max_body_bytes_;
  OutboundResponse response_;
  std::size_t head_bytes_ = 0;
  std::uint64_t chunk_left_ = 0;  ///< of the chunk that is arriving
  State state_ = State::open;
};

}  // namespace waggle::http
