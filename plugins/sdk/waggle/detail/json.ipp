// The members of Json. Included by json.hpp alone.
#pragma once

#include <array>
#include <charconv>
#include <cmath>

#include <waggle/detail/json_parser.ipp>
#include <waggle/detail/number.ipp>
#include <waggle/detail/plain_bytes.ipp>
#include <waggle/detail/utf8.ipp>
#include <waggle/json.hpp>

namespace waggle {
namespace detail {

WAGGLE_JSON_INLINE const std::string& no_text() {
  static const std::string empty;
  return empty;
}
WAGGLE_JSON_INLINE const Json& no_json() {
  static const Json null;
  return null;
}

WAGGLE_JSON_INLINE void append_json_string(std::string& out, std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* plain = plain_end(text);
  if (plain == end) {
    const std::size_t begin = out.size();
    out.append(text.size() + 2, '"');
    text.copy(out.data() + begin + 1, text.size());
    return;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size(); plain = skip_plain(text.data() + at, end)) {
    const std::size_t begin = at;
    at = static_cast<std::size_t>(plain - text.data());
    out.append(text.substr(begin, at - begin));
    if (at == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80) {
      const std::size_t length = utf8_length(text, at);
      out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
      at += length == 0 ? 1 : length;
      continue;
    }
    ++at;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        out += "\\u00";
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
  }
  out += '"';
}

/// Room for the compact text; more is needed only when strings need escapes or are not UTF-8.
WAGGLE_JSON_INLINE std::size_t compact_size(const Json& json) {
  switch (json.kind()) {
    case Json::Kind::null:
      return 4;
    case Json::Kind::boolean:
      return json.as_bool() ? 4 : 5;
    case Json::Kind::number:
      return json.number_text().size();
    case Json::Kind::string:
      return json.as_string().size() + 2;
    case Json::Kind::array: {
      std::size_t size = 2;
      for (const Json& item : json.items()) size += compact_size(item) + 1;
      return size;
    }
    case Json::Kind::object: {
      std::size_t size = 2;
      for (const auto& [key, member] : json.members()) size += key.size() + compact_size(member) + 4;
      return size;
    }
  }
  return 0;
}

/// `indent` < 0: compact.
WAGGLE_JSON_INLINE void append_json(std::string& out, const Json& json, int indent) {
  const int inner = indent < 0 ? indent : indent + 1;
  auto new_line = [&](int depth) {
    if (depth < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(depth) * 2, ' ');
  };
  switch (json.kind()) {
    case Json::Kind::null:
      out += "null";
      return;
    case Json::Kind::boolean:
      out += json.as_bool() ? "true" : "false";
      return;
    case Json::Kind::number:
      out += json.number_text();
      return;
    case Json::Kind::string:
      append_json_string(out, json.as_string());
      return;
    case Json::Kind::array: {
      out += '[';
      bool first = true;
      for (const Json& item : json.items()) {
        if (!std::exchange(first, false)) out += ',';
        new_line(inner);
        append_json(out, item, inner);
      }
      if (!first) new_line(indent);
      out += ']';
      return;
    }
    case Json::Kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [key, member] : json.members()) {
        if (!std::exchange(first, false)) out += ',';
        new_line(inner);
        append_json_string(out, key);
        out += indent < 0 ? ":" : ": ";
        append_json(out, member, inner);
      }
      if (!first) new_line(indent);
      out += '}';
      return;
    }
  }
}

}  // namespace detail

WAGGLE_JSON_INLINE Json::Json(double value) {
  if (!std::isfinite(value)) return;
  std::array<char, 32> text{};  // the shortest text of a double has at most 24 characters
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
  value_ = Digits{std::string(text.data(), end)};
}

WAGGLE_JSON_INLINE Json Json::object(Object members) {
  Json out;
  out.value_ = std::move(members);
  return out;
}

WAGGLE_JSON_INLINE Json Json::digits(std::string_view text) {
  Json out;
  out.value_ = Digits{std::string(text)};
  return out;
}

WAGGLE_JSON_INLINE Json Json::number(std::string_view text) {
  return !text.empty() && detail::number_length(text) == text.size() ? digits(text) : Json(text);
}

WAGGLE_JSON_INLINE Result<Json> Json::parse(std::string_view text) {
  return detail::JsonParser(text).parse();
}

WAGGLE_JSON_INLINE std::string Json::dump() const {
  std::string out;
  out.reserve(detail::compact_size(*this));
  append_to(out);
  return out;
}

WAGGLE_JSON_INLINE std::string Json::dump_pretty() const {
  std::string out;
  detail::append_json(out, *this, 0);
  return out;
}

WAGGLE_JSON_INLINE void Json::append_to(std::string& out) const { detail::append_json(out, *this, -1); }

WAGGLE_JSON_INLINE bool Json::as_bool(bool fallback) const {
  return is_bool() ? std::get<bool>(value_) : fallback;
}

WAGGLE_JSON_INLINE std::int64_t Json::as_int(std::int64_t fallback) const {
  const std::string& text = number_text();
  if (text.empty()) return fallback;
  std::int64_t out = 0;
  auto whole = [&](std::string_view digits) {
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return problem == std::errc{} && end == digits.data() + digits.size();
  };
  if (whole(text)) return out;
  // 100.00 and 1e3 are integers too, in other clothes.
  const detail::Scientific number = detail::scientific(text);
  constexpr std::int64_t most_digits = 19;  // of an int64
  if (number.point > most_digits || number.point < static_cast<std::int64_t>(number.digits.size()))
    return fallback;
  std::string digits = (number.negative ? "-" : "") + number.digits;
  digits.append(static_cast<std::size_t>(number.point) - number.digits.size(), '0');
  if (number.digits.empty()) return 0;
  return whole(digits) ? out : fallback;
}

WAGGLE_JSON_INLINE double Json::as_double(double fallback) const {
  const std::string& text = number_text();
  if (text.empty()) return fallback;
  double out = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (problem == std::errc{}) return out;
  return detail::scientific(text).point < 0 ? 0.0 : fallback;  // too small to tell from 0, or too large
}

WAGGLE_JSON_INLINE const std::string& Json::as_string() const {
  const auto* text = std::get_if<std::string>(&value_);
  return text ? *text : detail::no_text();
}

WAGGLE_JSON_INLINE const std::string& Json::number_text() const {
  const auto* digits = std::get_if<Digits>(&value_);
  return digits ? digits->text : detail::no_text();
}

WAGGLE_JSON_INLINE std::string Json::to_text() const {
  switch (kind()) {
    case Kind::null:
      return {};
    case Kind::number:
      return number_text();
    case Kind::string:
      return as_string();
    default:
      return dump();
  }
}

WAGGLE_JSON_INLINE const Json::Array& Json::items() const {
  static const Array empty;
  const auto* items = std::get_if<Array>(&value_);
  return items ? *items : empty;
}

WAGGLE_JSON_INLINE const Json::Object& Json::members() const {
  static const Object empty;
  const auto* members = std::get_if<Object>(&value_);
  return members ? *members : empty;
}

WAGGLE_JSON_INLINE Json::Array& Json::items() {
  if (!is_array()) value_ = Array();
  return std::get<Array>(value_);
}

WAGGLE_JSON_INLINE Json::Object& Json::members() {
  if (!is_object()) value_ = Object();
  return std::get<Object>(value_);
}

WAGGLE_JSON_INLINE const Json* Json::find(std::string_view key) const {
  for (const auto& [name, member] : members())
    if (name == key) return &member;
  return nullptr;
}

WAGGLE_JSON_INLINE const Json& Json::at(std::string_view key) const {
  const Json* const found = find(key);
  return found ? *found : detail::no_json();
}

WAGGLE_JSON_INLINE const Json& Json::at(std::size_t index) const {
  const Array& all = items();
  return index < all.size() ? all[index] : detail::no_json();
}

WAGGLE_JSON_INLINE Json& Json::set(std::string key, Json value) {
  Object& all = members();
  for (auto& [name, member] : all)
    if (name == key) return member = std::move(value);
  return all.emplace_back(std::move(key), std::move(value)).second;
}

WAGGLE_JSON_INLINE Json& Json::push(Json value) { return items().emplace_back(std::move(value)); }

WAGGLE_JSON_INLINE bool Json::erase(std::string_view key) {
  return is_object() &&
         std::erase_if(members(), [&](const Member& member) { return member.first == key; }) > 0;
}

WAGGLE_JSON_INLINE bool Json::operator==(const Json& other) const {
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return as_bool() == other.as_bool();
    case Kind::string:
      return as_string() == other.as_string();
    case Kind::array:
      return items() == other.items();
    case Kind::number:
      return number_text() == other.number_text() ||
             detail::scientific(number_text()) == detail::scientific(other.number_text());
    case Kind::object:
      break;
  }
  if (size() != other.size()) return false;
  for (const auto& [key, member] : members()) {
    const Json* const twin = other.find(key);
    if (!twin || !(member == *twin)) return false;
  }
  return true;
}

}  // namespace waggle
