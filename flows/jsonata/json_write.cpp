// Values as JSON text and as plain text.
#include <cmath>

#include <algorithm>
#include <cstring>

#include "flows/jsonata/context.hpp"
#include "flows/jsonata/document.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/json_buffer.hpp"
#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

namespace {

/// One serialiser for JSON (source digits kept) and for $string (15 digits, as the reference).
struct Writer {
  JsonBuffer& out;
  bool as_string_function;  ///< numbers as $string() prints them
  bool pretty;
  Context* within = nullptr;  ///< whose limits hold; null: none
  unsigned level = 0;

  void line() {
    if (!pretty) return;
    out.put('\n');
    std::size_t indent = std::size_t{level} * 2;
    std::memset(out.room(indent), ' ', indent);
    out.wrote(indent);
  }

  void number(Value v) {
    if (!as_string_function && v.has(flag_source)) {
      out.put(v.source());
      return;
    }
    double d = v.as_number();
    if (!std::isfinite(d)) {
      out.put("null");
      return;
    }
    out.wrote(write_number(out.room(max_number_text), as_string_function ? round_to_15_digits(d) : d));
  }

  void array(Value v) {
    if (v.length == 0) {
      out.put("[]");
      return;
    }
    out.put('[');
    ++level;
    for (std::uint32_t i = 0; i < v.length; ++i) {
      if (i > 0) out.put(',');
      line();
      value(v.item(i));
    }
    --level;
    line();
    out.put(']');
  }

  void object(const Object& o) {
    out.put('{');
    ++level;
    bool first = true;
    for (std::uint32_t i = 0; i < o.count; ++i) {
      const Member& m = o.members[i];
      if (m.value.is_undefined()) continue;
      if (pretty) {
        if (!first) out.put(',');
        line();
        out.put_string(m.name());
        out.put(": ");
      } else {
        out.put_name(m.name(), first);
      }
      first = false;
      value(m.value);
    }
    --level;
    if (!first) line();
    out.put('}');
  }

  void value(Value v) {
    if (within) {
      within->charge();
      within->check_string(out.size());
    }
    if (v.tag == Tag::string) return out.put_string(v.as_string());
    switch (v.tag) {
      case Tag::boolean:
        out.put(v.boolean_ ? "true" : "false");
        return;
      case Tag::number:
        number(v);
        return;
      case Tag::array:
      case Tag::range:
        array(v);
        return;
      case Tag::object:
        object(*v.object_);
        return;
      case Tag::function:
        out.put("\"\"");
        return;
      default:
        out.put("null");
    }
  }
};

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  JsonBuffer buffer;
  buffer.put_string(text);
  out += buffer.text();
}
void append_json(Value value, std::string& out) {
  JsonBuffer buffer;
  Writer{buffer, false, false}.value(value);
  out += buffer.text();
}
void append_pretty_json(Value value, std::string& out) {
  JsonBuffer buffer;
  Writer{buffer, false, true}.value(value);
  out += buffer.text();
}
void append_stringified(Value value, bool pretty, std::string& out, Context* within) {
  JsonBuffer buffer;
  Writer{buffer, true, pretty, within}.value(value);
  out += buffer.text();
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
