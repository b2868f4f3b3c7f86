// Text: $string, $length, $substring, $pad, $join, ...
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

Value part(Value whole, std::size_t from, std::size_t to) {
  return Value::string(whole.as_string().substr(from, to - from), whole.has(flag_ascii));
}

std::size_t characters(Value text) {
  return text.has(flag_ascii) ? text.length : count_code_points(text.as_string());
}

std::size_t offset_of(Value text, double character) {
  if (!(character > 0)) return 0;
  if (character >= text.length) return text.length;
  auto n = static_cast<std::size_t>(character);
  return text.has(flag_ascii) ? n : offset_of_code_point(text.as_string(), n);
}

Value string(Call& call) {
  return to_string_value(call.context, call[0], call[1].is_boolean() && call[1].as_boolean());
}

Value length(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 64);
  return Value::number(static_cast<double>(characters(call[0])));
}

Value substring(Call& call) {
  Value text = call[0];
  if (text.is_undefined()) return {};
  auto size = static_cast<double>(characters(text));
  double start = call.has(1) ? call[1].as_number() : 0;
  call.context.charge(text.length / 64);
  if (size + start < 0) start = 0;
  double end = size;
  if (call.has(2)) {
    double wanted = call[2].as_number();
    if (wanted <= 0) return Value::string("", true);
    end = start >= 0 ? start + wanted : size + start + wanted;
  }
  start = std::trunc(start);
  end = std::trunc(end);
  if (start < 0) start = std::max(0.0, size + start);
  if (!(end > start)) return Value::string("", true);
  return part(text, offset_of(text, start), offset_of(text, end));
}

Value substring_before(Call& call) {
  Value text = call[0];
  if (text.is_undefined()) return {};
  if (!call.has(1)) return text;
  call.context.charge(text.length / 64);
  std::size_t at = text.as_string().find(call[1].as_string());
  return at == std::string_view::npos ? text : part(text, 0, at);
}

Value substring_after(Call& call) {
  Value text = call[0];
  if (text.is_undefined()) return {};
  if (!call.has(1)) return text;
  call.context.charge(text.length / 64);
  std::size_t at = text.as_string().find(call[1].as_string());
  return at == std::string_view::npos ? text : part(text, at + call[1].length, text.length);
}

Value lowercase(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  return call.context.text(to_lower(call[0].as_string()));
}

Value uppercase(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  return call.context.text(to_upper(call[0].as_string()));
}

/// Runs of space, tab and line ends become one space; none is left at either end.
Value trim(Call& call) {
  Value text = call[0];
  if (text.is_undefined()) return {};
  call.context.charge(text.length / 16);
  std::string out;
  bool gap = false;
  for (char c : text.as_string()) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c;
  }
  return call.context.text(out, text.has(flag_ascii) || is_ascii(out));
}

Value pad(Call& call) {
  Value text = call[0];
  if (text.is_undefined()) return {};
  double width = call.has(1) ? std::trunc(call[1].as_number()) : 0;
  Value with = call.has(2) && call[2].length > 0 ? call[2] : Value::string(" ", true);
  double missing = std::fabs(width) - static_cast<double>(characters(text));
  if (!(missing > 0)) return text;
  if (missing > static_cast<double>(call.context.limits.string_bytes)) call.context.check_string(SIZE_MAX);
  auto count = static_cast<std::size_t>(missing);
  std::size_t repeats = count / characters(with);
  std::size_t rest = offset_of(with, static_cast<double>(count % characters(with)));
  std::size_t padding = repeats * with.length + rest;
  call.context.check_string(padding + text.length);
  call.context.charge(padding / 16);
  std::string out;
  out.reserve(padding + text.length);
  if (width > 0) out += text.as_string();
  for (std::size_t i = 0; i < repeats; ++i) out += with.as_string();
  out += with.as_string().substr(0, rest);
  if (width < 0) out += text.as_string();
  return call.context.text(out);
}

Value join(Call& call) {
  Value list = call[0];
  if (list.is_undefined()) return {};
  std::string_view separator = call.has(1) ? call[1].as_string() : std::string_view();
  bool ascii = !call.has(1) || call[1].has(flag_ascii);
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < list.length; ++i) {
    size += list.items_[i].length + (i > 0 ? separator.size() : 0);
    ascii = ascii && list.items_[i].has(flag_ascii);
  }
  call.context.check_string(size);
  call.context.charge(list.length + size / 64);
  if (!ascii) {
    std::string out;
    out.reserve(size);
    for (std::uint32_t i = 0; i < list.length; ++i) {
      if (i > 0) append_wtf8(out, separator);
      append_wtf8(out, list.items_[i].as_string());
    }
    return call.context.text(out);
  }
  auto* text = static_cast<char*>(call.context.arena.take(size));
  char* p = text;
  auto put = [&](std::string_view s) {
    if (!s.empty()) std::memcpy(p, s.data(), s.size());
    p += s.size();
  };
  for (std::uint32_t i = 0; i < list.length; ++i) {
    if (i > 0) put(separator);
    put(list.items_[i].as_string());
  }
  return Value::string({text, size}, true);
}

constexpr Declaration table[] = {
    {"string", "<x-b?:s>", string, 1},
    {"length", "<s-:n>", length, 1},
    {"substring", "<s-nn?:s>", substring, 3},
    {"substringBefore", "<s-s:s>", substring_before, 2},
    {"substringAfter", "<s-s:s>", substring_after, 2},
    {"lowercase", "<s-:s>", lowercase, 1},
    {"uppercase", "<s-:s>", uppercase, 1},
    {"trim", "<s-:s>", trim, 1},
    {"pad", "<s-ns?:s>", pad, 3},
    {"join", "<a<s>s?:s>", join, 2},
};

}  // namespace

Family string_functions() { return table; }

}  // namespace waggle::jsonata
