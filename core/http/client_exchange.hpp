// One outbound exchange on one libcurl easy handle: what is sent, what comes back within limits, and failures
// in plain words. Used by the client, on its loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "core/http/client.hpp"
#include "core/http/curl_library.hpp"
#include "core/http/message.hpp"

namespace waggle::http {

struct EasyFree {
  void operator()(CURL* easy) const { curl().easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyFree>;

/// Where a URL leads; made by read_url.
struct Destination {
  std::string host;  ///< lower case, brackets around IPv6 as written
  std::string port;
  bool secure = false;
  bool numeric = false;  ///< an IP address: needs no look-up
};

/// Errors: invalid (not a URL, scheme other than http and https, no host).
Result<Destination> read_url(const std::string& url);

class Exchange {
 public:
  Exchange(OutboundRequest request, Destination destination, Answered answered);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Sets everything up on a fresh or reset handle. Errors: invalid (method or header that cannot be sent).
  Result<void> prepare(Easy easy);
  /// The exchange's result; once, after libcurl has finished with the handle.
  Result<OutboundResponse> finish(CURLcode code);
  /// Gives the handle back for the next exchange.
  Easy release();

  CURL* easy() const { return easy_.get(); }
  const Destination& destination() const { return destination_; }
  void answer(Result<OutboundResponse> result);
  /// Of the request's time; counted from the construction.
  std::chrono::milliseconds left() const;
  std::chrono::steady_clock::time_point end() const { return started_ + request_.timeout; }
  Error timed_out() const;

  /// Called when the host's addresses are known and a connection begins; inside libcurl, so it must only take
  /// note.
  std::function<void()> on_resolved;

 private:
  void set_method();
  Result<void> set_headers();
  std::string words_for(CURLcode code) const;
  std::size_t take_header(std::string_view line);
  std::size_t take_body(std::string_view bytes);

  OutboundRequest request_;
  Destination destination_;
  Answered answered_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Easy easy_;
  curl_slist* sent_headers_ = nullptr;
  OutboundResponse response_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
  bool decoded_ = false;
  char error_text_[CURL_ERROR_SIZE] = {};
};

}  // namespace waggle::http
