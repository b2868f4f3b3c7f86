#include "core/observe/log_line.hpp"

#include <cstdio>
#include <waggle/json.hpp>
#include <waggle/time.hpp>

namespace waggle::observe {
namespace {

constexpr std::string_view cut_mark = "...";
constexpr std::string_view dim = "\x1b[2m", plain = "\x1b[0m";

std::string_view colour_of(Level level) {
  switch (level) {
    case Level::warning:
      return "\x1b[33m";
    case Level::error:
      return "\x1b[31m";
    case Level::info:
      return "\x1b[32m";
    default:
      return dim;
  }
}

/// Length of the text that fits into a field, not cutting a UTF-8 character in two.
std::size_t cut_at(std::string_view text) {
  std::size_t end = max_field_bytes - cut_mark.size();
  while (end > max_field_bytes - 8 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end;
}

bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  for (unsigned char c : text)
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f) return true;
  return false;
}

/// JSON leaves DEL and the C1 controls (U+0080 to U+009F, some terminals obey them) and the line separators
/// U+2028/2029 as they are.
std::string escape_rest(std::string json) {
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    auto byte = [&](std::size_t k) { return k < json.size() ? static_cast<unsigned char>(json[k]) : 0u; };
    char escape[16];
    if (byte(i) == 0x7f) {
      out += "\\u007f";
    } else if (byte(i) == 0xC2 && byte(i + 1) < 0xA0) {
      std::snprintf(escape, sizeof escape, "\\u00%02x", byte(i + 1));
      out += escape;
      ++i;
    } else if (byte(i) == 0xE2 && byte(i + 1) == 0x80 && (byte(i + 2) == 0xA8 || byte(i + 2) == 0xA9)) {
      out += byte(i + 2) == 0xA8 ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

std::string quoted(std::string_view text) { return escape_rest(Json(text).dump()); }

}  // namespace

Line::Line(LogFormat format, const secrets::Redactor* redactor, std::int64_t now_ms, Level level,
           std::string_view event)
    : format_(format), redactor_(redactor) {
  std::string time = to_rfc3339_ms(from_unix_ms(now_ms));
  std::string_view word = to_string(level);
  if (format_ == LogFormat::json) {
    out_ = "{\"time\":\"" + time + "\",\"level\":\"" + std::string(word) + "\"";
    add_json("event", clean(event));
    return;
  }
  bool colour = format_ == LogFormat::colour;
  if (colour) out_ += dim;
  out_ += time;
  if (colour) out_.append(plain).append(colour_of(level));
  out_.append(" ").append(word).append(word.size() < 8 ? 8 - word.size() : 1, ' ');
  if (colour) out_ += plain;
  std::string inside = quoted(clean(event));
  out_.append(inside, 1, inside.size() - 2);
}

std::string Line::clean(std::string_view text) const {
  // A value that is cut must not leave half a secret unmasked, so mask first; but not megabytes of it: what
  // the mask shortens away is at most the rest of the window.
  constexpr std::size_t window = 4 * max_field_bytes;
  std::string masked =
      redactor_ != nullptr ? redactor_->mask_beginning(text, window) : std::string(text.substr(0, window));
  if (masked.size() <= max_field_bytes && text.size() <= window) return masked;
  if (masked.size() > max_field_bytes) masked.resize(cut_at(masked));
  return masked.append(cut_mark);
}

void Line::add_json(std::string_view name, std::string_view text) {
  out_.append(",").append(quoted(name)).append(":").append(quoted(text));
}

void Line::add_text(std::string_view text) {
  if (needs_quotes(text))
    out_ += quoted(text);
  else
    out_ += text;
}

void Line::add(const Field& field) {
  bool json = format_ == LogFormat::json;
  if (json && field.kind_ == Field::Kind::text) return add_json(field.name_, clean(field.text_));
  if (json) {
    out_.append(",").append(quoted(field.name_)).append(":");
  } else {
    bool colour = format_ == LogFormat::colour;
    out_ += "  ";
    if (colour) out_ += dim;
    out_.append(field.name_).append("=");
    if (colour) out_ += plain;
  }
  switch (field.kind_) {
    case Field::Kind::text:
      return add_text(clean(field.text_));
    case Field::Kind::number:
      out_ += std::to_string(field.number_);
      return;
    case Field::Kind::boolean:
      out_ += field.number_ != 0 ? "true" : "false";
      return;
  }
}

std::string Line::finish() && {
  if (format_ == LogFormat::json) out_ += '}';
  out_ += '\n';
  return std::move(out_);
}

}  // namespace waggle::observe
