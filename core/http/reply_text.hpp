// An answer as bytes: status line, headers, framing. Used by a connection, on its loop; appends to a buffer
// that is used again.
#pragma once

#include <ctime>
#include <string>

#include "core/http/message.hpp"

namespace waggle::http {

/// The Date header's value, made anew once a second. One per loop.
class DateText {
 public:
  const std::string& at(std::time_t now);

 private:
  std::time_t made_ = -1;
  std::string text_;
};

struct ReplyFraming {
  bool close = false;      ///< says `connection: close`
  bool head_only = false;  ///< the request was HEAD: the length is told, the body is not sent
};

/// True if status and headers can be sent: a name or value with a line break in it would let a sender write
/// our headers.
bool can_send(const Reply& reply);

/// True if the status allows a body (not 1xx, 204, 304).
bool has_body(int status);

/// Appends everything before the body. `connection`, `content-length`, `transfer-encoding` and `date` of the
/// reply are left out: they are ours.
void append_head(std::string& out, const Reply& reply, const ReplyFraming& framing, const std::string& date);

}  // namespace waggle::http
