// Values as JSON text and as plain text.
#include <cmath>

#include <algorithm>

#include "flows/jsonata/document.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/number_text.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr char hex[] = "0123456789abcdef";

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00", out += hex[c >> 4], out += hex[c & 15];
  }
}

/// One serialiser for JSON (source digits kept) and for $string (15 digits, as the reference).
struct Writer {
  std::string& out;
  bool as_string_function;  ///< numbers as $string() prints them
  bool pretty;
  std::size_t most_bytes = SIZE_MAX;
  unsigned level = 0;

  void line() {
    if (!pretty) return;
    out += '\n';
    out.append(level * 2, ' ');
  }

  void number(Value v) {
    if (!as_string_function && v.has(flag_source)) {
      out += v.source();
      return;
    }
    double d = v.as_number();
    if (!std::isfinite(d)) {
      out += "null";
      return;
    }
    append_number(out, as_string_function ? round_to_15_digits(d) : d);
  }

  void array(Value v) {
    if (v.length == 0) {
      out += "[]";
      return;
    }
    out += '[';
    ++level;
    for (std::uint32_t i = 0; i < v.length; ++i) {
      if (i > 0) out += ',';
      line();
      value(v.item(i));
    }
    --level;
    line();
    out += ']';
  }

  void object(const Object& o) {
    out += '{';
    ++level;
    bool first = true;
    for (std::uint32_t i = 0; i < o.count; ++i) {
      const Member& m = o.members[i];
      if (m.value.is_undefined()) continue;
      if (!first) out += ',';
      first = false;
      line();
      append_json_string(m.name(), out);
      out += pretty ? ": " : ":";
      value(m.value);
    }
    --level;
    if (!first) line();
    out += '}';
  }

  void value(Value v) {
    if (out.size() > most_bytes)
      throw fault("W1003").with_text("a text of more than " + std::to_string(most_bytes) +
                                     " bytes would be made");
    switch (v.tag) {
      case Tag::boolean:
        out += v.boolean_ ? "true" : "false";
        return;
      case Tag::number:
        number(v);
        return;
      case Tag::string:
        append_json_string(v.as_string(), out);
        return;
      case Tag::array:
      case Tag::range:
        array(v);
        return;
      case Tag::object:
        object(*v.object_);
        return;
      case Tag::function:
        out += "\"\"";
        return;
      default:
        out += "null";
    }
  }
};

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0xED) continue;
    bool lone = c == 0xED && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0;
    if (c == 0xED && !lone) continue;
    out.append(text, done, i - done);
    if (lone) {  // a half of a surrogate pair has no UTF-8; as an escape it stays valid JSON
      std::uint32_t unit = next_code_point(text, i);
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) out += hex[unit >> shift & 15];
      done = i--;
    } else {
      append_escaped(out, c);
      done = i + 1;
    }
  }
  out.append(text, done, text.size() - done);
  out += '"';
}

void append_json(Value value, std::string& out) { Writer{out, false, false}.value(value); }
void append_pretty_json(Value value, std::string& out) { Writer{out, false, true}.value(value); }
void append_stringified(Value value, bool pretty, std::string& out, std::size_t most_bytes) {
  Writer{out, true, pretty, most_bytes}.value(value);
}

std::size_t json_size(Value value, std::size_t most) {
  constexpr std::size_t per_value = 4;  // a digit or two, a comma, quotes
  switch (value.tag) {
    case Tag::string:
      return value.length + per_value;
    case Tag::range:
      return std::size_t{value.length} * per_value;
    case Tag::array: {
      std::size_t size = per_value;
      for (std::uint32_t i = 0; i < value.length && size <= most; ++i)
        size += json_size(value.items_[i], most - size);
      return size;
    }
    case Tag::object: {
      std::size_t size = per_value;
      const Object& o = *value.object_;
      for (std::uint32_t i = 0; i < o.count && size <= most; ++i) {
        size += o.members[i].length + per_value;
        size += json_size(o.members[i].value, most - std::min(most, size));
      }
      return size;
    }
    default:
      return per_value;
  }
}

std::string to_json(Value value) {
  std::string out;
  append_json(value, out);
  return out;
}

void append_text(Value value, std::string& out) {
  switch (value.tag) {
    case Tag::undefined:
    case Tag::unbound:
    case Tag::function:
      return;
    case Tag::string:
      out += value.as_string();
      return;
    case Tag::number: {
      // An id of 19 digits must not come out rounded; fractions print as `&` prints them.
      std::string_view source = value.source();
      bool whole = !source.empty() && source.find_first_not_of("-0123456789") == std::string_view::npos;
      if (whole && source != "-0") {
        out += source;
        return;
      }
      break;
    }
    default:
      break;
  }
  append_stringified(value, false, out);
}

std::string to_text(Value value) {
  std::string out;
  append_text(value, out);
  return out;
}

}  // namespace waggle::jsonata
