// Base64 over Latin-1 bytes and URL escapes, as the reference has them.
#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
constexpr std::string_view uri_marks = ";/?:@&=+$,#";

Fault malformed(const Call& call, Value text) {
  Fault f = fault("D3140").with_value(text);
  f.function = call.self.declaration.name;
  return f;
}

/// Each UTF-16 unit gives its low byte, as Node's "binary" encoding does.
Value base64_encode(Call& call) {
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string();
  call.context.charge(text.size() / 16);
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t c = next_code_point(text, at);
    if (c >= 0x10000) {
      bytes += static_cast<char>((0xD800 + ((c - 0x10000) >> 10)) & 0xFF);
      c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    bytes += static_cast<char>(c & 0xFF);
  }
  return call.context.text(encode_base64(bytes, base64_letters, true), true);
}

Value base64_decode(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  std::string out;
  for (char byte : decode_base64(call[0].as_string()))
    append_code_point(out, static_cast<unsigned char>(byte));
  return call.context.text(out);
}

Value encode(Call& call, bool whole_uri) {
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string();
  if (has_lone_surrogate(text)) throw malformed(call, call[0]);
  call.context.charge(text.size() / 16);
  constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool plain = unreserved.find(c) != std::string_view::npos ||
                 (whole_uri && uri_marks.find(c) != std::string_view::npos);
    if (plain && c != '\0') {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return call.context.text(out, true);
}

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

int escaped_byte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Value decode(Call& call, bool whole_uri) {
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string();
  call.context.charge(text.size() / 16);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    int lead = escaped_byte(text, at);
    if (lead < 0) throw malformed(call, call[0]);
    if (lead < 0x80) {
      // A mark that means something in a URI stays escaped: decoding it would change the meaning.
      if (whole_uri && uri_marks.find(static_cast<char>(lead)) != std::string_view::npos) {
        out.append(text, at, 3);
      } else {
        out += static_cast<char>(lead);
      }
      at += 3;
      continue;
    }
    unsigned length = lead >= 0xC2 && lead < 0xE0   ? 2
                      : lead >= 0xE0 && lead < 0xF0 ? 3
                      : lead >= 0xF0 && lead < 0xF5 ? 4
                                                    : 0;
    if (length == 0) throw malformed(call, call[0]);
    std::string bytes;
    for (unsigned i = 0; i < length; ++i, at += 3) {
      int byte = escaped_byte(text, at);
      if (byte < 0 || (i > 0 && (byte & 0xC0) != 0x80)) throw malformed(call, call[0]);
      bytes += static_cast<char>(byte);
    }
    std::size_t zero = 0;
    std::uint32_t code = next_code_point(bytes, zero);
    bool overlong = (length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10FFFF));
    if (overlong || is_lone_surrogate(code)) throw malformed(call, call[0]);
    out += bytes;
  }
  return call.context.text(out);
}

Value encode_component(Call& call) { return encode(call, false); }
Value encode_uri(Call& call) { return encode(call, true); }
Value decode_component(Call& call) { return decode(call, false); }
Value decode_uri(Call& call) { return decode(call, true); }

constexpr Declaration table[] = {
    {"base64encode", "<s-:s>", base64_encode, 1},          {"base64decode", "<s-:s>", base64_decode, 1},
    {"encodeUrlComponent", "<s-:s>", encode_component, 1}, {"encodeUrl", "<s-:s>", encode_uri, 1},
    {"decodeUrlComponent", "<s-:s>", decode_component, 1}, {"decodeUrl", "<s-:s>", decode_uri, 1},
};

}  // namespace

Family url_functions() { return table; }

}  // namespace waggle::jsonata
