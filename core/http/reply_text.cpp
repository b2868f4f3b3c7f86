// See reply_text.hpp.
#include "core/http/reply_text.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

bool is_ours(std::string_view name) {
  return same_word(name, "connection") || same_word(name, "content-length") ||
         same_word(name, "transfer-encoding") || same_word(name, "date");
}

}  // namespace

const std::string& DateText::at(std::time_t now) {
  if (now == made_) return text_;
  made_ = now;
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  text_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc));
  return text_;
}

bool can_send(const Reply& reply) {
  if (reply.status < 200 || reply.status > 599) return false;
  for (const auto& [name, value] : reply.headers)
    if (!is_token(name) || !is_header_value(value)) return false;
  return true;
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const Reply& reply, const ReplyFraming& framing, const std::string& date) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(reply.status));
  out += ' ';
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(reply.status)));
  out.append(reason.data(), reason.size());
  out += "\r\ndate: ";
  out += date;
  for (const auto& [name, value] : reply.headers) {
    if (is_ours(name)) continue;
    out += "\r\n";
    out += name;
    out += ": ";
    out += value;
  }
  if (has_body(reply.status)) {
    out += "\r\ncontent-length: ";
    append_number(out, reply.body.size());
  }
  if (framing.close) out += "\r\nconnection: close";
  out += "\r\n\r\n";
}

}  // namespace waggle::http
